/** Holidays and other days with hours of their own, between how they are kept and how people type them. */

import type { Date as CalendarDate, SpecialDay } from '../../protocol/wire'
import { clockTime, minutes } from '../../hours/typed'
import { problemOf, type Stretch } from './hours'

/** One such day as it stands in its fields. */
export interface DayDraft {
  /** `2026-12-24`, or nothing yet. */
  date: string
  name: string
  stretches: readonly Stretch[]
}

export type DayProblem = 'date' | 'twice' | 'hours'

export function draftOf(days: readonly SpecialDay[]): DayDraft[] {
  return days
    .map(({ date, name, open }) => ({ date: written(date), name, stretches: open.toSorted((a, b) => a.from - b.from).map(({ from, to }) => ({ from: clockTime(from), to: clockTime(to) })) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1))
}

export function dayProblem(days: readonly DayDraft[], index: number): DayProblem | undefined {
  const day = days[index]
  if (!day) return undefined
  if (!dateOf(day.date)) return 'date'
  if (days.some((other, i) => i < index && other.date === day.date)) return 'twice'
  return day.stretches.some((_, i) => problemOf(day.stretches, i)) ? 'hours' : undefined
}

/** The days as they are kept, in the order of the calendar, or nothing as long as something is wrong. */
export function daysOf(days: readonly DayDraft[]): SpecialDay[] | undefined {
  const found: SpecialDay[] = []
  for (const [index, { date, name, stretches }] of days.entries()) {
    const day = dateOf(date)
    if (!day || dayProblem(days, index)) return undefined
    const open = stretches.map(({ from, to }) => ({ from: minutes(from) ?? 0, to: minutes(to) ?? 0 })).sort((a, b) => a.from - b.from)
    found.push({ date: day, name: name.trim(), open })
  }
  return found.sort((a, b) => (written(a.date) < written(b.date) ? -1 : 1))
}

function written({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** A day that the calendar has: no 30 February. */
function dateOf(typed: string): CalendarDate | undefined {
  const [, year, month, day] = (/^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed.trim()) ?? []).map(Number)
  if (!year || !month || !day) return undefined
  const real = new Date(Date.UTC(year, month - 1, day))
  return real.getUTCMonth() === month - 1 && real.getUTCDate() === day ? { year, month, day } : undefined
}
