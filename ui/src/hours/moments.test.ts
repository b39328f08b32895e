/** Times to promise: never while the desk is closed, never in the past, and on the right day. */

import { describe, expect, test } from 'vitest'
import { Calendar } from './calendar'
import { against, onDay, proposals } from './moments'

const weekdays = [1, 2, 3, 4, 5].flatMap((weekday) => [{ weekday, from: 480, to: 720 }, { weekday, from: 780, to: 1020 }])
const desk = new Calendar([{ in_force_from: null, zone: 'Europe/Berlin', week: weekdays, days: [{ date: { year: 2026, month: 11, day: 25 }, open: [] }] }])
const always = new Calendar([{ in_force_from: null, zone: 'UTC', week: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 })), days: [] }])
const at = (iso: string) => Date.parse(iso)
const said = (now: string, calendar = desk) => proposals(calendar, at(now)).map((one) => [new Date(one.at).toISOString().slice(0, 16), one.minutes])

describe('proposals', () => {
  test('in the afternoon: as far as the desk is open, then after its next openings; a special day is left out', () => {
    expect(said('2026-11-24T13:23:00Z')).toEqual([
      ['2026-11-24T13:55', 30],
      ['2026-11-24T14:25', 60],
      ['2026-11-24T15:25', 120],
      ['2026-11-26T07:30', undefined],
      ['2026-11-26T12:30', undefined],
    ])
  })

  test('on a Friday evening: Monday, half an hour after it opens', () => {
    expect(said('2026-11-27T16:20:00Z')[0]).toEqual(['2026-11-30T07:30', undefined])
  })

  test('at noon the desk comes back before the half hour is over', () => {
    expect(said('2026-11-24T11:10:00Z')).toContainEqual(['2026-11-24T12:10', 60])
    expect(said('2026-11-24T11:10:00Z')).not.toContainEqual(['2026-11-24T11:40', 30])
  })

  test('a desk that never closes opens never', () => {
    expect(said('2026-11-24T13:23:00Z', always).map(([, minutes]) => minutes)).toEqual([30, 60, 120, 240])
  })

  test('all of them can be promised', () => {
    for (let hour = 0; hour < 24 * 7; hour += 1) {
      const now = at('2026-11-23T00:07:00Z') + hour * 3_600_000
      for (const one of proposals(desk, now)) expect(against(desk, now, one.at)).toBeUndefined()
    }
  })
})

test('one\'s own time is on the wall of who looks, and what can\'t be is said', () => {
  const now = new Date(2026, 10, 24, 14, 23).getTime()
  expect(onDay(now, 0, 15 * 60)).toBe(new Date(2026, 10, 24, 15, 0).getTime())
  expect(onDay(now, 7, 8 * 60 + 5)).toBe(new Date(2026, 11, 1, 8, 5).getTime())
  expect(against(always, now, now - 1)).toBe('past')
  expect(against(desk, at('2026-11-24T13:00:00Z'), at('2026-11-25T10:00:00Z'))).toBe('closed')
})
