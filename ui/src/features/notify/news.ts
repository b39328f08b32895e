/**
 * What a person is told of, and how loudly (pure). A waiting customer: a sound and a card that stays until somebody
 * takes it. Today: a banner, unless one is on a call. Whenever: the badge alone. Answers reach their asker silently.
 * Nobody is told of their own act.
 */

import type { PersonId, Request, RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { helpsAt } from '../inbox/groups'

export type Told =
  | { kind: 'live'; request: RequestId; sound: boolean }
  | { kind: 'banner'; request: RequestId }
  | { kind: 'answer'; request: RequestId; by: PersonId | null; back: boolean }

/** What is known of a request between two looks. */
export interface Seen {
  unclaimed: ReadonlySet<RequestId>
  turns: ReadonlyMap<RequestId, string>
}

export function look(replica: Replica, me: PersonId): Seen {
  const unclaimed = new Set<RequestId>()
  const turns = new Map<RequestId, string>()
  for (const request of replica.requests.values()) {
    if (isForMe(request, replica, me)) unclaimed.add(request.id)
    if (request.asker === me && (request.state === 'answered' || request.state === 'waiting_asker')) turns.set(request.id, `${request.state} ${request.answered_at ?? request.touched_at}`)
  }
  return { unclaimed, turns }
}

/** What is new between `before` and `now`, and whose cards are over. */
export function news(before: Seen, now: Seen, replica: Replica, me: PersonId): { told: Told[]; over: RequestId[] } {
  const status = replica.people.get(me)?.status
  const told: Told[] = []
  for (const id of now.unclaimed) {
    const request = replica.requests.get(id)
    if (before.unclaimed.has(id) || !request) continue
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

function isForMe(request: Request, replica: Replica, me: PersonId): boolean {
  if (request.state !== 'open' || request.owner !== null || request.asker === me) return false
  return request.private_with ? request.private_with.includes(me) : helpsAt(replica.desks.get(request.desk), me)
}
