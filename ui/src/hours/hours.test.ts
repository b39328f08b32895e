import { describe, expect, it } from 'vitest'
import vectors from '../../../tests/vectors/time.json'
import { aboutWait, bothClocks, deskClock, dueIn, length, moment, openNow, place, usuallyWithin } from '../text/wait'
import { Calendar, type DeskHours, type Hours } from './calendar'

interface Case {
  name: string
  hours: Hours[]
  at: number
  to: number
  budget: number
  found: { is_open: boolean; next_open: number | null; next_close: number | null; between: number; deadline: number | null }
}
const cases: Case[] = vectors.cases
const BERLIN = 'Europe/Berlin'
const at = (text: string) => Date.parse(text)

describe('opening hours pass the cases that the server passes', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { hours, at, to, budget, found }) => {
    const calendar = new Calendar(hours)
    expect({
      is_open: calendar.isOpen(at), next_open: calendar.nextOpen(at), next_close: calendar.nextClose(at),
      between: calendar.between(at, to), deadline: calendar.deadline(at, budget),
    }).toEqual(found)
  })
})

describe('waits in words', () => {
  it.each(vectors.waits.map((wait) => [wait.said, wait] as const))('%s', (said, { from_ms, to_ms }) => {
    expect(aboutWait(from_ms, to_ms)).toBe(said)
  })

  it('says places and what is usual', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 102].map(place)).toEqual(['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '102nd'])
    expect(usuallyWithin(30 * 60_000)).toBe('usually within 30 min')
    expect(usuallyWithin(8 * 3_600_000)).toBe('usually within 8 h')
  })
})

describe('a desk on the screen', () => {
  const phones: DeskHours = {
    hours: [1, 2, 3, 4, 5].flatMap((weekday) => [{ weekday, from: 480, to: 720 }, { weekday, from: 780, to: 1020 }]),
    zone: '', hours_since: null, earlier_hours: [], service: { special_days: [{ date: { year: 2026, month: 6, day: 9 }, open: [] }] },
  }
  const calendar = Calendar.of(phones, BERLIN)
  const said = (now: string) => openNow(calendar, at(now), BERLIN)

  it('says when it closes or opens', () => {
    expect(said('2026-06-05T09:00+02:00')).toBe('closes at 12:00')
    expect(said('2026-06-05T12:30+02:00')).toBe('opens at 13:00')
    expect(said('2026-06-05T17:20+02:00')).toBe('opens Mon 08:00')
    expect(said('2026-06-08T17:20+02:00')).toBe('opens Wed 08:00')
    const always = { ...phones, hours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 })), service: { special_days: [] } }
    expect(openNow(Calendar.of(always, BERLIN), at('2026-06-05T09:00Z'), BERLIN)).toBe('always open')
    expect(openNow(Calendar.of({ ...phones, hours: [] }, BERLIN), at('2026-06-05T09:00Z'), BERLIN)).toBe('closed for good')
  })

  it('uses the own zone where the browser does not know that of the desk', () => {
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone
    const now = at('2026-06-05T09:00Z')
    const next = (zone: string) => Calendar.of({ ...phones, zone }, BERLIN).nextClose(now)
    expect(next('Nowhere/At_All')).toBe(next(own))
  })

  it('shows both clocks as the scenario has them', () => {
    const asked = at('2026-06-05T16:45+02:00')
    const shown = (now: string) => deskClock({ used: 0, at: asked, ticks: true }, calendar, at(now))
    expect(bothClocks(asked, at('2026-06-08T08:10+02:00'), shown('2026-06-08T08:10+02:00'))).toEqual({ customer: '63 h 25 min', desk: '25 min' })
    expect(deskClock({ used: 225 * 60_000, at: at('2026-06-08T11:30+02:00'), ticks: false }, calendar, at('2026-06-08T15:00+02:00'))).toBe(225 * 60_000)
  })

  it('says when something is due, near and far', () => {
    const now = at('2026-06-05T16:45+02:00')
    expect(dueIn(now + 12 * 60_000 + 59_000, now, BERLIN)).toBe('due in 12 min')
    expect(dueIn(now + 40_000, now, BERLIN)).toBe('due in 40 s')
    expect(dueIn(now, now, BERLIN)).toBe('due in 0 s')
    expect(dueIn(at('2026-06-08T08:15+02:00'), now, BERLIN)).toBe('due Mon 08:15')
    expect(dueIn(at('2026-06-25T08:15+02:00'), now, BERLIN)).toBe('due 25 Jun 08:15')
    expect(dueIn(now - 3 * 60_000, now, BERLIN)).toBe('was due 3 min ago')
  })

  it('says lengths and moments', () => {
    expect([0, 59_999, 60_000, 3_600_000, 14_100_000, 248_100_000, 500 * 3_600_000].map(length)).toEqual([
      '0 s', '59 s', '1 min', '1 h', '3 h 55 min', '68 h 55 min', '20 d 20 h',
    ])
    expect(moment(at('2027-01-04T08:00+01:00'), at('2026-12-23T17:00+01:00'), BERLIN)).toBe('4 Jan 08:00')
  })
})
