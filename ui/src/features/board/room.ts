/**
 * Whether a desk has room for more at once: somebody on duty has fewer in hand than its limit. Said of the desk, and of
 * oneself to oneself; never a count, and never of somebody else. The same rule as the server's for places in the queue.
 */

import type { Desk, Person, PersonId, Request } from '../../protocol/wire'
import { onDuty } from '../rota/week'

export type Room = 'room' | 'limit' | 'nobody'

/** Nothing where a desk has no limit. */
export function roomAt(desk: Desk, requests: Iterable<Request>, people: Iterable<Person>, orgZone: string, now: number): Room | undefined {
  const limit = desk.service.wip_limit
  if (limit === 0) return undefined
  const duty = onDuty(desk, orgZone, now)
  const here = [...people].filter(({ id, active, status }) => active && (status === 'available' || status === 'on_call') && (duty === 'everyone' || duty.includes(id)))
  if (here.length === 0) return 'nobody'
  const inHand = handsAt(desk, requests)
  return here.some(({ id }) => (inHand.get(id) ?? 0) < limit) ? 'room' : 'limit'
}

/** Whether I have as many as the desk allows at once. */
export function amFull(desk: Desk, requests: Iterable<Request>, me: PersonId): boolean {
  const limit = desk.service.wip_limit
  return limit > 0 && (handsAt(desk, requests).get(me) ?? 0) >= limit
}

/** What is being worked on: what waits for its asker, or is answered, takes nobody's time. */
function handsAt(desk: Desk, requests: Iterable<Request>): Map<PersonId, number> {
  const found = new Map<PersonId, number>()
  for (const { desk: at, owner, state } of requests) {
    if (at === desk.id && owner !== null && (state === 'accepted' || state === 'waiting_other')) found.set(owner, (found.get(owner) ?? 0) + 1)
  }
  return found
}
