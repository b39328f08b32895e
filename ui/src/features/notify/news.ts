/**
 * What a person is told of, and how loudly (pure). A waiting customer: a sound and a card that stays until somebody
 * takes it. Today: a banner, unless one is on a call. Whenever: the badge alone. Answers reach their asker silently.
 * Nobody is told of their own act. In one's quiet hours nothing is told while somebody else watches the desk; the moment
 * nobody does, a waiting customer is.
 */

import type { Person, PersonId, Request, RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { helpsAt } from '../inbox/groups'

export type Told =
  | { kind: 'live'; request: RequestId; sound: boolean }
  | { kind: 'banner'; request: RequestId }
  | { kind: 'answer'; request: RequestId; by: PersonId | null; back: boolean }

/** What is known of a request between two looks. */
export interface Seen {
  unclaimed: ReadonlySet<RequestId>
  /** Those of them that quiet hours hold back. */
  held: ReadonlySet<RequestId>
  turns: ReadonlyMap<RequestId, string>
}

export function look(replica: Replica, me: PersonId): Seen {
  const unclaimed = new Set<RequestId>()
  const held = new Set<RequestId>()
  const turns = new Map<RequestId, string>()
  for (const request of replica.requests.values()) {
    if (isForMe(request, replica, me)) {
      unclaimed.add(request.id)
      if (isHeld(request, replica, me)) held.add(request.id)
    }
    if (request.asker === me && (request.state === 'answered' || request.state === 'waiting_asker')) turns.set(request.id, `${request.state} ${request.answered_at ?? request.touched_at}`)
  }
  return { unclaimed, held, turns }
}

/** What is new between `before` and `now`, and whose cards are over. */
export function news(before: Seen, now: Seen, replica: Replica, me: PersonId): { told: Told[]; over: RequestId[] } {
  const status = replica.people.get(me)?.status
  const told: Told[] = []
  for (const id of now.unclaimed) {
    const request = replica.requests.get(id)
    const isKnown = before.unclaimed.has(id) && !before.held.has(id)
    if (isKnown || now.held.has(id) || !request) continue
    if (request.urgency === 'live' && status !== 'off') told.push({ kind: 'live', request: id, sound: status === 'available' })
    else if (request.urgency === 'today' && status === 'available') told.push({ kind: 'banner', request: id })
  }
  for (const [id, turn] of now.turns) {
    if (before.turns.get(id) === turn) continue
    const request = replica.requests.get(id)
    told.push({ kind: 'answer', request: id, by: request?.owner ?? null, back: request?.state === 'waiting_asker' })
  }
  return { told, over: [...before.unclaimed].filter((id) => !now.unclaimed.has(id)) }
}

/** Quiet hours hold a request back, unless a customer waits and nobody else watches. */
function isHeld(request: Request, replica: Replica, me: PersonId): boolean {
  if (!replica.people.get(me)?.quiet_now) return false
  if (request.urgency !== 'live') return true
  const helps = (person: Person) => (request.private_with ? request.private_with.includes(person.id) : helpsAt(replica.desks.get(request.desk), person.id))
  const watches = (person: Person) => person.active && person.status === 'available' && !person.quiet_now && replica.here.get(person.id)?.connected === true
  return [...replica.people.values()].some((person) => person.id !== me && person.id !== request.asker && helps(person) && watches(person))
}

function isForMe(request: Request, replica: Replica, me: PersonId): boolean {
  if (request.state !== 'open' || request.owner !== null || request.asker === me) return false
  return request.private_with ? request.private_with.includes(me) : helpsAt(replica.desks.get(request.desk), me)
}
