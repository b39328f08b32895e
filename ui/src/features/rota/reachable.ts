/** Who else could be at a desk now: its people who are connected and available. A view of now, by name; nothing is kept of it. */

import type { Desk, Person, PersonId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { helpsAt } from '../inbox/groups'

export function reachable(desk: Desk, { people, here }: Pick<Replica, 'people' | 'here'>, me: PersonId): Person[] {
  const isFree = ({ id, active, status, quiet_now, busy_until }: Person) =>
    active && id !== me && status === 'available' && !quiet_now && busy_until === null && here.get(id)?.connected === true
  return [...people.values()].filter((person) => helpsAt(desk, person.id) && isFree(person)).sort((a, b) => a.name.localeCompare(b.name))
}
