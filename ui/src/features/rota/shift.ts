/** What changes hands at the end of a shift: my open requests by desk, and what others offer me. Pure; one request at a time is offered. */

import type { Desk, DeskId, Person, PersonId, Request, RequestId } from '../../protocol/wire'
import { isOpen } from '../care/rights'
import { helpsAt } from '../inbox/groups'
import { onDuty } from './week'

export interface Batch {
  desk: DeskId
  requests: Request[]
}

/** Open requests that `me` has, by desk, the oldest first. Answered ones wait for their asker and stay. */
export function outgoing(requests: Iterable<Request>, desks: ReadonlyMap<DeskId, Desk>, me: PersonId): Batch[] {
  const found = new Map<DeskId, Request[]>()
  for (const request of requests) {
    if (request.owner !== me || !isOpen(request) || request.state === 'answered' || request.private_with !== null) continue
    found.set(request.desk, [...(found.get(request.desk) ?? []), request])
  }
  const name = (id: DeskId) => desks.get(id)?.name ?? ''
  return [...found].map(([desk, all]) => ({ desk, requests: all.sort((a, b) => a.asked_at - b.asked_at || (a.id < b.id ? -1 : 1)) })).sort((a, b) => name(a.desk).localeCompare(name(b.desk)))
}

/** What is offered to `me` by name. */
export function incoming(requests: Iterable<Request>, me: PersonId): Request[] {
  return [...requests].filter(({ care }) => care.hand_over?.person === me && care.hand_over.from !== me).sort((a, b) => a.asked_at - b.asked_at || (a.id < b.id ? -1 : 1))
}

/** Who could take something of a desk over, whoever comes on duty next first: on duty now, then available, then by name. */
export function takers(desk: Desk | undefined, people: Iterable<Person>, me: PersonId, orgZone: string, now: number): Person[] {
  if (!desk) return []
  const duty = onDuty(desk, orgZone, now)
  const isOn = (id: PersonId) => desk.rota.length > 0 && duty !== 'everyone' && duty.includes(id)
  const rank = (one: Person) => (one.status === 'off' ? 3 : isOn(one.id) ? 0 : one.status === 'available' ? 1 : 2)
  return [...people].filter((one) => one.active && one.id !== me && helpsAt(desk, one.id)).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** Who may take this one, of those who could take something of its desk: nobody helps themselves. */
export function takersOf<P extends Pick<Person, 'id'>>({ asker, care }: Request, takers: readonly P[]): P[] {
  return takers.filter(({ id }) => id !== asker && !care.joined.includes(id))
}

/** Who takes this one: whoever is named first of those who may. The names come in order of their weight. */
export function takerOf(request: Request, takers: readonly Person[], ...named: (PersonId | undefined)[]): PersonId | undefined {
  const may = takersOf(request, takers)
  const isAble = (wanted: PersonId | undefined) => may.some(({ id }) => id === wanted)
  return named.find(isAble) ?? may[0]?.id
}

/**
 * Whom the screen proposed when it was opened. Somebody may come on duty while one writes: then the order of the takers
 * changes, and what one has read and is about to send must not.
 */
export class Proposed {
  readonly #first = new Map<DeskId | RequestId, PersonId | undefined>()

  /** The proposal as it stood at first; nobody is no proposal. */
  of(what: DeskId | RequestId, now: PersonId | undefined): PersonId | undefined {
    const first = this.#first.get(what) ?? now
    this.#first.set(what, first)
    return first
  }
}
