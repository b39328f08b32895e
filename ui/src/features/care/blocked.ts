/**
 * What a request waits for, and what waits for it, as far as one may see it: looked up among the rows that are here, so a
 * request that one can't see has no title and is in no count. Pure; the server decides.
 */

import type { PersonId, Request, RequestId } from '../../protocol/wire'
import { alike, type Alike } from './alike'
import { isOpen } from './rights'

type Requests = ReadonlyMap<RequestId, Request>

/** As many as one request may wait for. */
export const MOST_BLOCKERS = 5

/** Whether `request` waits for `other`, or is it, straight or through what it waits for. */
export function waitsFor(request: RequestId, other: RequestId, requests: Requests): boolean {
  const seen = [request]
  for (const id of seen) {
    if (id === other) return true
    for (const blocker of requests.get(id)?.care.blocked_by ?? []) if (!seen.includes(blocker)) seen.push(blocker)
  }
  return false
}

/** The open requests that wait for this one, the oldest first. */
export function waitingFor(request: RequestId, requests: Requests): Request[] {
  return [...requests.values()].filter((one) => isOpen(one) && one.care.blocked_by.includes(request)).sort((a, b) => a.asked_at - b.asked_at || (a.id < b.id ? -1 : 1))
}

/** What it could wait for: everything open that one sees, the most alike first, then what moved last. */
export function candidates(request: Request, requests: Requests): Alike[] {
  const found = alike(request, requests.values(), (other) => other.id !== request.id && isOpen(other) && !request.care.blocked_by.includes(other.id))
  return found.sort((a, b) => Number(b.sameTicket) - Number(a.sameTicket) || step(b.common) - step(a.common) || b.request.touched_at - a.request.touched_at)
}

/** The request that a link leads to, in the words somebody pasted. */
export function linked(words: string): RequestId | undefined {
  const [, id] = /(?:\/r\/|\/solved\/|deskside:\/\/request\/)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(words) ?? []
  return id?.toLowerCase() as RequestId | undefined
}

/** Whether `me` may say what it waits for: who asked it, has it, or helps where it is. */
export function maySay(request: Request, helps: boolean, me: PersonId): boolean {
  return isOpen(request) && (request.asker === me || request.care.joined.includes(me) || request.owner === me || (request.private_with ? request.private_with.includes(me) : helps))
}

/** Words in common, coarsely: among those that hardly differ the newest goes first. */
function step(common: number): number {
  return Math.round(common * 5)
}
