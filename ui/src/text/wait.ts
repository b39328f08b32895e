/** Waits, clocks and opening hours in words. Every function takes `now`; `zone` is the reader's own unless it is given. */

import type { Calendar } from '../hours/calendar'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `about 1–3 min`, `about 20–40 s`, `about 50 min to 1¼ h`: a range as the server rounded it. */
export function aboutWait(from: number, to: number): string {
  const [first, last] = [inUnits(from, to), inUnits(to, to)]
  if (from === to) return `about ${last.figure} ${last.unit}`
  if (first.unit === last.unit) return `about ${first.figure}–${last.figure} ${last.unit}`
  return `about ${first.figure} ${first.unit} to ${last.figure} ${last.unit}`
}

/** `usually within 30 min`. */
export function usuallyWithin(milliseconds: number): string {
  return `usually within ${length(milliseconds)}`
}

/** `1st`, `2nd`, `11th`, `23rd`. */
export function place(place: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }
  return `${place}${ending[new Intl.PluralRules('en-GB', { type: 'ordinal' }).select(place)]}`
}

/** `3 h 55 min`, `25 min`, `40 s`, `2 d 3 h`: how long something lasted, on the wall or on a desk's clock. */
export function length(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours < 100) return [hours > 0 && `${hours} h`, minutes % 60 > 0 && `${minutes % 60} min`].filter(Boolean).join(' ')
  return [`${Math.floor(hours / 24)} d`, hours % 24 > 0 && `${hours % 24} h`].filter(Boolean).join(' ')
}

/** `due in 12 min`, `due in 40 s`, `due Mon 08:15`; `was due 3 min ago` (never a colour alone). */
export function dueIn(due: number, now: number, zone?: string): string {
  if (due < now) return `was due ${length(rounded(now - due))} ago`
  if (due - now < 2 * HOUR || isSameDay(due, now, zone) && due - now < 6 * HOUR) return `due in ${length(rounded(due - now))}`
  return `due ${moment(due, now, zone)}`
}

/** `closes at 17:00`, `opens at 13:00`, `opens Mon 08:00`, `always open`, `closed for good`. */
export function openNow(calendar: Pick<Calendar, 'isOpen' | 'nextOpen' | 'nextClose'>, now: number, zone?: string): string {
  const open = calendar.isOpen(now)
  const at = open ? calendar.nextClose(now) : calendar.nextOpen(now)
  if (at === null) return open ? 'always open' : 'closed for good'
  return `${open ? 'closes' : 'opens'} ${spoken(at, now, zone)}`
}

/** A desk's clock as the server counted it, and whether it ticks while the desk is open. */
export interface Counted {
  /** Open milliseconds up to `at`. */
  used: number
  at: number
  /** False in the asker's turn, and when it is over. */
  ticks: boolean
}

/** What the desk's clock shows now. */
export function deskClock({ used, at, ticks }: Counted, calendar: Pick<Calendar, 'between'>, now: number): number {
  return ticks ? used + calendar.between(at, now) : used
}

/** `customer 68 h 55 min, desk 3 h 55 min`: always both, side by side. */
export function bothClocks(asked: number, until: number, desk: number): { customer: string; desk: string } {
  return { customer: length(until - asked), desk: length(desk) }
}

/** `17:00` today, `Mon 08:00` within six days, `4 Jan 08:00` later. */
export function moment(at: number, now: number, zone?: string): string {
  const time = words(at, zone, 'time')
  if (isSameDay(at, now, zone)) return time
  const day = words(at, zone, Math.abs(at - now) < 6 * DAY ? 'weekday' : 'date')
  return `${day} ${time}`
}

/** In a sentence: `at 15:00`, `Mon 08:30`. */
export function spoken(at: number, now: number, zone?: string): string {
  const said = moment(at, now, zone)
  return isSameDay(at, now, zone) ? `at ${said}` : said
}

/** Whole minutes from one minute on, so that nothing flickers. */
function rounded(milliseconds: number): number {
  return milliseconds < MINUTE ? milliseconds : Math.floor(milliseconds / MINUTE) * MINUTE
}

function isSameDay(one: number, other: number, zone: string | undefined): boolean {
  return words(one, zone, 'day') === words(other, zone, 'day')
}

const FORMS = {
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  weekday: { weekday: 'short' },
  date: { day: 'numeric', month: 'short' },
  day: { year: 'numeric', month: 'numeric', day: 'numeric' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

/** Making one takes as long as rendering a row of the inbox; using it again, nothing. */
const formats = new Map<string, Intl.DateTimeFormat>()

function words(at: number, zone: string | undefined, form: keyof typeof FORMS): string {
  // A machine that travels gets a new one: its own zone is then another.
  const key = `${form} ${zone ?? new Date(at).getTimezoneOffset()}`
  const there = formats.get(key)
  if (there) return there.format(at)
  const made = new Intl.DateTimeFormat('en-GB', zone === undefined ? FORMS[form] : { ...FORMS[form], timeZone: zone })
  formats.set(key, made)
  return made.format(at)
}

/** In seconds below two minutes if the whole range is, in minutes below an hour, then in hours. */
function inUnits(milliseconds: number, last: number): { figure: string; unit: string } {
  if (milliseconds < MINUTE || last < 2 * MINUTE) return { figure: String(milliseconds / SECOND), unit: 's' }
  if (milliseconds < HOUR) return { figure: withQuarters(milliseconds / MINUTE), unit: 'min' }
  return { figure: withQuarters(milliseconds / HOUR), unit: 'h' }
}

function withQuarters(count: number): string {
  const whole = Math.floor(count)
  const quarters = ['', '¼', '½', '¾'][Math.round((count - whole) * 4)] ?? ''
  return whole === 0 ? quarters : `${whole}${quarters}`
}
