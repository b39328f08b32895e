import { expect, test } from 'vitest'
import { isOpenNow } from './hours'

const hours = [{ weekday: 1, from: 480, to: 720 }, { weekday: 1, from: 780, to: 1020 }, { weekday: 7, from: 0, to: 1440 }]
const desk = { hours, zone: '', hours_since: null, earlier_hours: [], service: { special_days: [{ date: { year: 2026, month: 12, day: 21 }, open: [] }] } }
const berlin = (iso: string) => isOpenNow(desk, 'Europe/Berlin', Date.parse(iso))

test.each([
  ['2026-11-23T07:00:00Z', true, 'Monday 8:00 opens'],
  ['2026-11-23T06:59:00Z', false, 'a minute before'],
  ['2026-11-23T11:00:00Z', false, 'noon is lunch'],
  ['2026-11-23T12:00:00Z', true, 'back at 13:00'],
  ['2026-11-23T16:00:00Z', false, '17:00 closes'],
  ['2026-06-22T06:00:00Z', true, 'Monday 8:00 in summer time'],
  ['2026-11-22T22:59:00Z', true, 'Sunday 23:59'],
  ['2026-11-24T09:00:00Z', false, 'Tuesday'],
  ['2026-12-21T09:00:00Z', false, 'a Monday that is a holiday'],
])('%s is %s: %s', (at, open) => expect(berlin(at)).toBe(open))

test('a desk may have a zone of its own', () => {
  expect(isOpenNow({ ...desk, zone: 'America/New_York' }, 'Europe/Berlin', Date.parse('2026-11-23T13:30:00Z'))).toBe(true)
})
