/** Hours without anybody are said in the words and on the wall of the desk they belong to. */

import { expect, test } from 'vitest'
import { NOW, phones } from '../../host/fake/numbra'
import { sentence } from './Gaps'

const at = (iso: string) => Date.parse(iso)
const said = (gaps: [string, string][], now = NOW, zone = '') => sentence({ name: 'Phones help', zone, gaps: gaps.map(([from, to]) => ({ from: at(from), to: at(to) })) }, 'Europe/Berlin', now)

test('tomorrow, today, and further on', () => {
  expect(sentence(phones, 'Europe/Berlin', NOW)).toBe('Tomorrow, 08:00–09:00, nobody is on duty at Phones help.')
  expect(said([['2026-11-24T15:00:00Z', '2026-11-24T16:00:00Z']])).toBe('Today, 16:00–17:00, nobody is on duty at Phones help.')
  expect(said([['2026-11-30T07:00:00Z', '2026-11-30T11:00:00Z'], ['2026-11-30T12:00:00Z', '2026-11-30T13:00:00Z']])).toBe('Monday 30 Nov, 08:00–12:00 and 13:00–14:00, nobody is on duty at Phones help.')
})

test('what is over is not said; midnight is the end of the day; the wall is the desk\'s', () => {
  expect(said([['2026-11-24T07:00:00Z', '2026-11-24T08:00:00Z']])).toBeUndefined()
  expect(said([['2026-11-25T21:00:00Z', '2026-11-25T23:00:00Z']])).toBe('Tomorrow, 22:00–24:00, nobody is on duty at Phones help.')
  expect(said([['2026-11-25T13:00:00Z', '2026-11-25T14:00:00Z']], NOW, 'America/New_York')).toBe('Tomorrow, 08:00–09:00, nobody is on duty at Phones help.')
})
