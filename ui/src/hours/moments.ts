/**
 * Times that somebody may promise: proposals at which a desk is open, and one's own, typed as people type them. The wall is
 * that of whoever looks. Whether a promise holds is decided by the server; here one only reads early that it can't.
 */

import type { Calendar } from './calendar'

const MINUTE = 60_000
const STEP = 5 * MINUTE
const AHEAD = [30, 60, 120, 240]
/** Nobody wants to be called in the minute in which the desk opens. */
const AFTER_OPENING = 30 * MINUTE
const MOST = 6

export interface Proposal {
  at: number
  /** How far ahead, where one says it so; else it is soon after the desk opens. */
  minutes: number | undefined
}

type Open = Pick<Calendar, 'isOpen' | 'nextOpen' | 'nextClose'>

/** In half an hour, in one, two and four as far as the desk is open then, and soon after it opens next. */
export function proposals(calendar: Open, now: number): Proposal[] {
  const found: Proposal[] = []
  for (const minutes of AHEAD) {
    const at = Math.ceil((now + minutes * MINUTE) / STEP) * STEP
    if (calendar.isOpen(at)) found.push({ at, minutes })
  }
  let from: number | null = calendar.isOpen(now) ? calendar.nextClose(now) : now
  for (let openings = 0; openings < 2 && from !== null; openings += 1) {
    const opens: number | null = calendar.nextOpen(from)
    if (opens === null) break
    const at = calendar.isOpen(opens + AFTER_OPENING) ? opens + AFTER_OPENING : opens
    if (!found.some((one) => Math.abs(one.at - at) < STEP)) found.push({ at, minutes: undefined })
    from = calendar.nextClose(opens)
  }
  return found.sort((one, other) => one.at - other.at).slice(0, MOST)
}

/** So many days from the day that `now` is in, at this minute of the day. */
export function onDay(now: number, days: number, minute: number): number {
  const today = new Date(now)
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, 0, minute).getTime()
}

/** Why a desk can't promise that time, if it can't. */
export function against(calendar: Pick<Calendar, 'isOpen'>, now: number, at: number): 'past' | 'closed' | undefined {
  if (at <= now) return 'past'
  return calendar.isOpen(at) ? undefined : 'closed'
}
