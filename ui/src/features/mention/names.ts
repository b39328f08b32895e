/** Names after an `@`, in both directions: what is written for somebody, and whom written words name (pure). */

import type { Mention, Person, PersonId } from '../../protocol/wire'

/** A place in the words that names somebody. */
export interface Named {
  from: number
  to: number
  mention: Mention
}

type Somebody = Pick<Person, 'id' | 'name' | 'email' | 'active'>

/** What is written for each person who is here: the shortest that names nobody else. */
export function labels(people: Iterable<Somebody>): Map<PersonId, string> {
  const here = [...people].filter(({ active }) => active)
  const count = new Map<string, number>()
  const add = (key: string) => count.set(key, (count.get(key) ?? 0) + 1)
  for (const { name } of here) {
    const [first, whole] = [firstOf(name).toLowerCase(), name.toLowerCase()]
    add(first)
    if (whole !== first) add(whole)
  }
  const isAlone = (label: string) => count.get(label.toLowerCase()) === 1 && label !== '' && !GROUPS.has(label.toLowerCase())
  return new Map(here.map(({ id, name, email }) => [id, [firstOf(name), name].find(isAlone) ?? `${name} (${email.split('@')[0] ?? ''})`]))
}

const GROUPS: ReadonlySet<string> = new Set(['desk', 'all'])

/** Whom these words name, in order. What was copied together with an `@`, as in an address, names nobody. */
export function namedIn(words: string, people: Iterable<Somebody>): Named[] {
  if (!words.includes('@')) return []
  const known = [...people]
  const short = labels(known)
  const choices: [string, Mention][] = known.flatMap(({ id, name }): [string, Mention][] => {
    const label = short.get(id)
    if (label === undefined) return []
    // The whole name says the same, where it is one person's.
    const isWhole = label !== name && firstOf(name) === label
    return [[label, { kind: 'person', person: id }], ...(isWhole ? [[name, { kind: 'person', person: id }] as [string, Mention]] : [])]
  })
  choices.push(['desk', { kind: 'desk' }], ['all', { kind: 'all' }])
  choices.sort(([a], [b]) => b.length - a.length)
  const lower = words.toLowerCase()
  const found: Named[] = []
  for (let at = lower.indexOf('@'); at >= 0; at = lower.indexOf('@', at + 1)) {
    if (at > 0 && !/[\s(]/.test(words[at - 1] ?? '')) continue
    const choice = choices.find(([label]) => lower.startsWith(label.toLowerCase(), at + 1) && !/[\p{L}\p{N}_-]/u.test(words[at + 1 + label.length] ?? ''))
    if (choice) found.push({ from: at, to: at + 1 + choice[0].length, mention: choice[1] })
  }
  return found
}

/** Each once. */
export function whomOf(named: readonly Named[]): Mention[] {
  return [...new Map(named.map(({ mention }) => [keyOf(mention), mention])).values()]
}

export function keyOf(mention: Mention): string {
  return mention.kind === 'person' ? mention.person : `@${mention.kind}`
}

/** The words without what names this person. */
export function without(words: string, named: readonly Named[], person: PersonId): string {
  let rest = words
  for (const { from, to, mention } of named.toReversed()) {
    if (mention.kind !== 'person' || mention.person !== person) continue
    rest = rest.slice(0, from) + rest.slice(from + 1, to) + rest.slice(to)
  }
  return rest
}

/** What is being typed after an `@` before the caret; undefined: nothing is. */
export function typedAt(words: string, caret: number): { at: number; query: string } | undefined {
  const match = /(?:^|[\s(])@([^\s@()]*)$/.exec(words.slice(0, caret))
  return match ? { at: caret - (match[1] ?? '').length - 1, query: match[1] ?? '' } : undefined
}

function firstOf(name: string): string {
  return name.trim().split(/\s+/)[0] ?? ''
}
