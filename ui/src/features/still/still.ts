/**
 * What does not move at a desk, for whoever answers for it: what the daily sweep has found, what is much older than the
 * desk promises, and open requests that nothing will remind of for long. Pure. Said of requests, never of persons.
 */

import type { Desk, Person, Request, RequestId, Stall } from '../../protocol/wire'
import type { Calendar } from '../../hours/calendar'
import { deskClock } from '../../text'
import { isOpen, isResponsible } from '../care/rights'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Twice what is promised is much older. */
const MUCH = 2
/** Nothing is due soon. */
const LONG = 7 * DAY

export type Why = Stall | 'unanswered' | 'old' | 'nothing_due'

export interface Still {
  id: RequestId
  why: Why
}

/** Its owner and deputy, and leads: whom the overview is for. */
export function overlooks(desk: Desk, me: Pick<Person, 'id' | 'role'> | undefined): boolean {
  return me !== undefined && !desk.closed && (isResponsible(desk, me.id) || me.role !== 'agent')
}

/** The oldest first. */
export function stillAt(desk: Desk, requests: Iterable<Request>, calendar: Pick<Calendar, 'between'>, now: number): Still[] {
  const found: (Still & { asked: number })[] = []
  for (const request of requests) {
    const why = request.desk === desk.id ? whyStill(request, desk, calendar, now) : undefined
    if (why) found.push({ id: request.id, why, asked: request.asked_at })
  }
  return found.sort((a, b) => a.asked - b.asked || (a.id < b.id ? -1 : 1)).map(({ id, why }) => ({ id, why }))
}

/** Why it does not move; undefined: it does. What the server has found goes before what is counted here. */
export function whyStill(request: Request, desk: Desk, calendar: Pick<Calendar, 'between'>, now: number): Why | undefined {
  const { care } = request
  if (!isOpen(request) || request.archived) return undefined
  if (care.stalled) return care.stalled.why
  const standard = desk.service.standards[request.urgency]
  const muchLater = (used: number, ticks: boolean, minutes: number) =>
    minutes > 0 && care.counted_at !== null && deskClock({ used, at: care.counted_at, ticks }, calendar, now) > MUCH * minutes * MINUTE
  if (request.first_response_at === null && muchLater(care.waited, true, standard.first_response)) return 'unanswered'
  const ticks = request.state !== 'waiting_asker' && request.state !== 'answered'
  if (muchLater(care.worked, ticks, standard.resolution)) return 'old'
  const looks = [care.alarm?.next_at, care.next_update_by, care.silence_at, care.callback?.next_at].filter((at) => at !== null && at !== undefined)
  return looks.length > 0 && looks.every((at) => at > now + LONG) ? 'nothing_due' : undefined
}
