/** What does not move: by the sweep, by the standard, and by what is due. */

import { describe, expect, test } from 'vitest'
import { Calendar } from '../../hours/calendar'
import { noCare } from '../../host/fake/care'
import { ada, ben, billing, NOW, phones, refund, sam, sid } from '../../host/fake/numbra'
import type { Care, Request } from '../../protocol/wire'
import { overlooks, stillAt, whyStill } from './still'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const calendar = Calendar.of(phones, 'Europe/Berlin')
/** Asked today, taken, answered once: nothing is wrong with it but what `care` says. */
const one = (care: Partial<Care>, rest: Partial<Request> = {}): Request => ({ ...refund, urgency: 'today', first_response_at: 1, care: { ...noCare, next_update_by: NOW + HOUR, ...care }, ...rest })
const why = (care: Partial<Care>, rest: Partial<Request> = {}) => whyStill(one(care, rest), phones, calendar, NOW)

describe('does not move', () => {
  test('what the sweep has found', () => {
    expect(why({ stalled: { why: 'no_update', since: NOW } })).toBe('no_update')
    expect(why({})).toBeUndefined()
    expect(why({ stalled: { why: 'no_update', since: NOW } }, { state: 'solved' })).toBeUndefined()
  })

  test('twice what the desk promises is much older, counted in its own hours', () => {
    // Today promises four hours; it is 14:23 and the desk has been open since 13:00.
    expect(why({ worked: 8 * HOUR, counted_at: NOW })).toBeUndefined()
    expect(why({ worked: 8 * HOUR, counted_at: NOW - MINUTE })).toBe('old')
    // Over lunch nothing is counted.
    expect(why({ worked: 8 * HOUR - 83 * MINUTE, counted_at: NOW - 140 * MINUTE })).toBeUndefined()
    expect(why({ worked: 8 * HOUR - 82 * MINUTE, counted_at: NOW - 140 * MINUTE })).toBe('old')
    // In the asker's turn the desk's clock stands.
    expect(why({ worked: 8 * HOUR, counted_at: NOW - HOUR, silence_at: NOW + HOUR }, { state: 'waiting_asker' })).toBeUndefined()
  })

  test('nobody has said a word in twice the time', () => {
    const waits: Partial<Request> = { first_response_at: null, owner: null, state: 'open' }
    expect(why({ waited: 60 * MINUTE, counted_at: NOW }, waits)).toBeUndefined()
    expect(why({ waited: 60 * MINUTE, counted_at: NOW - 1 }, waits)).toBe('unanswered')
    expect(why({ waited: 60 * MINUTE, counted_at: NOW - 1 })).toBeUndefined()
  })

  test('what a desk does not promise is not late', () => {
    const whenever = { ...phones, service: { ...phones.service, standards: { ...phones.service.standards, today: { first_response: 0, resolution: 0, reply: 0 } } } }
    expect(whyStill(one({ worked: 99 * HOUR, counted_at: NOW }), whenever, calendar, NOW)).toBeUndefined()
  })

  test('nothing is due for more than a week', () => {
    const week = 7 * 24 * HOUR
    expect(why({ next_update_by: NOW + week })).toBeUndefined()
    expect(why({ next_update_by: NOW + week + 1 })).toBe('nothing_due')
    expect(why({ next_update_by: NOW + week + 1, callback: { at: NOW + HOUR, by: null, paged: [], next_at: NOW + HOUR } })).toBeUndefined()
  })
})

test('the oldest first, and of this desk alone', () => {
  const stalled = { why: 'waits_too_long', since: NOW } as const
  const row = (id: string, asked_at: number, rest: Partial<Request> = {}) => one({ stalled }, { id: id as Request['id'], asked_at, ...rest })
  const found = stillAt(phones, [row('b', 2), row('a', 1), row('c', 0, { desk: billing.id })], calendar, NOW)
  expect(found).toEqual([{ id: 'a', why: 'waits_too_long' }, { id: 'b', why: 'waits_too_long' }])
})

test('for its owner, its deputy and leads; not for who only helps there', () => {
  expect([sam, sid, ada, ben].map((person) => overlooks(phones, person))).toEqual([true, true, true, false])
  expect(overlooks({ ...phones, owner: ben.id }, ben)).toBe(true)
  expect(overlooks({ ...phones, closed: true }, sam)).toBe(false)
})
