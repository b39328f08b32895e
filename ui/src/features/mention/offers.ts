/** What is offered after an `@`, best first (pure). */

import type { Desk, Mention, Person, PersonId } from '../../protocol/wire'
import { helpsAt } from '../inbox/groups'
import type { About } from './audience'

export interface Offer {
  mention: Mention
  name: string
  /** Of a group: how many it tells. */
  count?: number
  person?: Person
}

const MOST = 6

interface Asked {
  /** Those who may see it. */
  people: readonly Person[]
  desk: Desk
  about: About
  me: PersonId
  query: string
  count: (kind: 'desk' | 'all') => number
}

/** Whose name begins so first; whoever belongs to the thread, then the desk's people, then by name; groups by the letters of their name. */
export function offersFor({ people, desk, about, me, query, count }: Asked): Offer[] {
  const typed = query.toLowerCase()
  const groups = (['desk', 'all'] as const).filter((kind) => kind.startsWith(typed)).map((kind): Offer => ({ mention: { kind }, name: `@${kind}`, count: count(kind) }))
  const isOf = ({ name }: Person) => name.toLowerCase().split(/\s+/).some((part) => part.startsWith(typed)) || name.toLowerCase().startsWith(typed)
  const begins = ({ name }: Person) => (name.toLowerCase().startsWith(typed) ? 0 : 1)
  const rank = ({ id }: Person) => (id === about.owner || id === about.asker || about.privateWith?.includes(id) ? 0 : helpsAt(desk, id) ? 1 : 2)
  const found = people
    .filter((person) => person.active && person.id !== me && isOf(person))
    .sort((a, b) => begins(a) - begins(b) || rank(a) - rank(b) || a.name.localeCompare(b.name))
    .map((person): Offer => ({ mention: { kind: 'person', person: person.id }, name: person.name, person }))
  // With nothing typed yet the groups are in sight; with letters, whom they name comes first.
  return typed === '' ? [...groups, ...found].slice(0, MOST) : [...found, ...groups].slice(0, MOST)
}
