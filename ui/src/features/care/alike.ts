/**
 * Which open requests of a desk may be the same as one: the same ticket first, then the more words two have in common.
 * Only what both askers may see comes in question. Reads rows; whether two are merged is a person's decision.
 */

import type { Request } from '../../protocol/wire'
import { isOpen } from './rights'

export interface Alike {
  request: Request
  sameTicket: boolean
  /** Words in common, of those that either has: 0 to 1. */
  common: number
}

/** From here on two questions look alike without anybody having searched. */
const NOTICEABLE = 0.18

/** Whether `other` could be merged with `request` at all. */
export function mayBeSame(request: Request, other: Request): boolean {
  return other.id !== request.id && other.desk === request.desk && isOpen(other) && other.private_with === null
}

/** Every request that may be the same, the most alike first. */
export function alike(request: Request, others: Iterable<Request>, fits: (other: Request) => boolean = (other) => mayBeSame(request, other)): Alike[] {
  const mine = words(request.text)
  const found: Alike[] = []
  for (const other of others) {
    if (!fits(other)) continue
    const theirs = words(other.text)
    const shared = [...mine].filter((word) => theirs.has(word)).length
    const all = mine.size + theirs.size - shared
    found.push({ request: other, sameTicket: request.ticket !== null && other.ticket?.label === request.ticket.label, common: all === 0 ? 0 : shared / all })
  }
  return found.sort((a, b) => Number(b.sameTicket) - Number(a.sameTicket) || b.common - a.common || a.request.asked_at - b.request.asked_at || (a.request.id < b.request.id ? -1 : 1))
}

/** Those that a person is shown before they search. */
export function isNoticeable({ sameTicket, common }: Alike): boolean {
  return sameTicket || common >= NOTICEABLE
}

/** Words that say something: three letters or digits and more, in any script. */
function words(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [])
}
