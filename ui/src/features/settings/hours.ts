/** Opening hours between how they are kept (minutes of a day) and how people write them. */

import { clockTime, minutes } from '../../hours/typed'
import type { OpenInterval } from '../../protocol/wire'
import { list, text } from '../../text'
import { settingsText } from '../../text/settings'

/** One stretch as it stands in its two fields; what is typed may be no time yet. */
export interface Stretch {
  from: string
  to: string
}

/** Seven days from Monday on. */
export type Week = readonly (readonly Stretch[])[]

export type Problem = 'form' | 'order' | 'overlap'

export function weekOf(hours: readonly OpenInterval[]): Week {
  const sorted = hours.toSorted((a, b) => a.from - b.from)
  return Array.from({ length: 7 }, (_, day) =>
    sorted.filter(({ weekday }) => weekday === day + 1).map(({ from, to }) => ({ from: clockTime(from), to: clockTime(to) })),
  )
}

/** What is wrong with a stretch of a day, if anything. */
export function problemOf(day: readonly Stretch[], index: number): Problem | undefined {
  const stretch = day[index]
  if (!stretch) return undefined
  const [from, to] = [minutes(stretch.from), minutes(stretch.to)]
  if (from === undefined || to === undefined) return 'form'
  if (from >= to) return 'order'
  const overlaps = day.some((other, i) => {
    const [start, end] = [minutes(other.from), minutes(other.to)]
    return i !== index && start !== undefined && end !== undefined && start < to && from < end && (start < from || (start === from && i < index))
  })
  return overlaps ? 'overlap' : undefined
}

/** The hours as they are kept, or nothing as long as something is wrong. */
export function hoursOf(week: Week): OpenInterval[] | undefined {
  const hours: OpenInterval[] = []
  for (const [day, stretches] of week.entries()) {
    for (const [index, stretch] of stretches.entries()) {
      const [from, to] = [minutes(stretch.from), minutes(stretch.to)]
      if (from === undefined || to === undefined || problemOf(stretches, index)) return undefined
      hours.push({ weekday: day + 1, from, to })
    }
  }
  return hours.toSorted((a, b) => a.weekday - b.weekday || a.from - b.from)
}

export function copied(week: Week, from: number, to: readonly number[]): Week {
  return week.map((day, i) => (to.includes(i) ? (week[from] ?? []) : day))
}

export const OFFICE: Week = Array.from({ length: 7 }, (_, day) => (day < 5 ? [{ from: '09:00', to: '17:00' }] : []))
export const ALWAYS: Week = Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }])

/** The next stretch somebody means who adds one: after the last of the day, or a day like others. */
export function nextStretch(day: readonly Stretch[]): Stretch {
  const end = day.map(({ to }) => minutes(to) ?? 0).reduce((a, b) => Math.max(a, b), 0)
  if (end === 0) return { from: '09:00', to: '17:00' }
  const from = Math.min(end + 60, 24 * 60 - 60)
  return { from: clockTime(from), to: clockTime(Math.min(from + 4 * 60, 24 * 60)) }
}

/** `Mon to Fri 08:00–12:00 and 13:00–17:00, Sat 09:00–12:00`. */
export function summary(hours: readonly OpenInterval[]): string {
  const week = weekOf(hours).map((day) => list(day.map(({ from, to }) => `${from}–${to}`)))
  if (week.every((day) => day === '00:00–24:00')) return settingsText.desks.always
  const parts: string[] = []
  for (let day = 0; day < 7; ) {
    let end = day
    while (end < 6 && week[end + 1] === week[day]) end += 1
    const name = (at: number) => text.desks.short[at] ?? ''
    if (week[day]) parts.push(`${day === end ? name(day) : end === day + 1 ? `${name(day)}, ${name(end)}` : `${name(day)} to ${name(end)}`} ${week[day]}`)
    day = end + 1
  }
  return parts.join('; ')
}
