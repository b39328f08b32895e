/** How often a place is asked for, and how often a new range is shown. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ana, entities, refund, rights } from '../../host/fake/numbra'
import type { Place, Wait } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { watchPlace } from './place'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const about = (from_ms: number, to_ms: number): Wait => ({ kind: 'about', from_ms, to_ms })

function watched() {
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: ana.id, now: 0, entities })
  const answer = { place: 3, on_duty: 2, has_room: true, wait: about(60_000, 180_000), opens_at: null, here: null } as Place
  let asked = 0
  let isDown = false
  const told: (Place | undefined)[] = []
  const stop = watchPlace({ replica, host: { place: async () => ((asked += 1), isDown ? Promise.reject(new Error('cut')) : { ...answer }) } }, refund.id, (place) => told.push(place))
  return {
    answer, told, stop,
    asked: () => asked,
    cut: () => (isDown = true),
    change: (which = refund) => replica.changes([{ put: { entity: 'request', ...which } }]),
    last: () => told.at(-1),
  }
}

test('it is asked at once, and for a burst of changes once in two seconds', async () => {
  const place = watched()
  await vi.advanceTimersByTimeAsync(0)
  expect(place.told).toEqual([place.answer])
  for (let at = 0; at < 50; at += 1) {
    place.change()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(place.asked()).toBe(3)
  place.stop()
  place.change()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(place.asked()).toBe(3)
})

test('what happens at another desk asks nothing, but time does', async () => {
  const place = watched()
  await vi.advanceTimersByTimeAsync(0)
  place.change(rights)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(place.asked()).toBe(1)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(place.asked()).toBe(2)
  place.stop()
})

test('the place is new at once, the range after fifteen seconds, and that nobody is there at once', async () => {
  const place = watched()
  await vi.advanceTimersByTimeAsync(0)
  Object.assign(place.answer, { place: 2, wait: about(0, 60_000) })
  place.change()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(place.last()).toMatchObject({ place: 2, wait: about(60_000, 180_000) })
  await vi.advanceTimersByTimeAsync(13_000)
  expect(place.last()).toMatchObject({ place: 2, wait: about(0, 60_000) })
  Object.assign(place.answer, { on_duty: 0, wait: { kind: 'nobody' } })
  place.change()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(place.last()).toMatchObject({ wait: { kind: 'nobody' } })
  place.stop()
})

test('without an answer nothing old is shown', async () => {
  const place = watched()
  await vi.advanceTimersByTimeAsync(0)
  place.cut()
  place.change()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(place.last()).toBeUndefined()
  place.stop()
})
