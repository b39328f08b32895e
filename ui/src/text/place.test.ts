import { expect, test } from 'vitest'
import type { Place } from '../protocol/wire'
import { standing } from './place'

const now = Date.UTC(2026, 10, 24, 13)
const here: Place = { place: 1, on_duty: 2, has_room: true, wait: { kind: 'about', from_ms: 60_000, to_ms: 180_000 }, opens_at: null, here: null }

test.each<[Partial<Place>, string]>([
  [{}, '2 on duty, you are 1st, about 1–3 min'],
  [{ place: 3, has_room: false }, '2 on duty, all busy, you are 3rd, about 1–3 min'],
  [{ on_duty: 1, has_room: false }, '1 on duty, busy, you are 1st, about 1–3 min'],
  [{ wait: { kind: 'usually', within_ms: 30 * 60_000 } }, '2 on duty, you are 1st, usually within 30 min'],
  [{ wait: { kind: 'usually', within_ms: 0 } }, '2 on duty, you are 1st'],
  [{ on_duty: 0, wait: { kind: 'nobody' } }, 'nobody is on duty now, you are 1st'],
  [{ here: 0 }, 'nobody on duty is here now, you are 1st'],
])('%j', (change, words) => expect(standing({ ...here, ...change }, now)).toBe(words))

test('a closed desk says when it opens, not that nobody is there', () => {
  expect(standing({ ...here, on_duty: 0, wait: { kind: 'nobody' }, opens_at: now + 3_600_000 }, now)).toMatch(/^closed now, opens \d\d:00, you are 1st$/)
  const closed: Place = { ...here, on_duty: 0, wait: { kind: 'nobody' }, opens_at: now + 3_600_000, here: 2 }
  expect(standing(closed, now)).toMatch(/you are 1st; 2 of the desk are still here, off duty, and see it$/)
  expect(standing({ ...closed, here: 0 }, now)).toMatch(/you are 1st; nobody of the desk is here now$/)
})

test('before it is asked one would be somewhere', () => {
  expect(standing(here, now, false)).toBe('2 on duty, you would be 1st, about 1–3 min')
  expect(standing({ ...here, on_duty: 0, wait: { kind: 'nobody' } }, now, false)).toBe('nobody is on duty now, you would be 1st')
})
