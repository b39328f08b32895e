import { expect, test } from 'vitest'
import { close, cutOut, goOn, left, move, stretches } from './parts'

const keyframes = [0, 2, 4, 6, 8]

test('a beginning stands on a keyframe, wherever it is dragged and by every key', () => {
  expect(move([0, 10], 0, 3.2, keyframes)).toEqual([4, 10])
  expect(move([0, 10], 0, 2.9, keyframes)).toEqual([2, 10])
  expect(move([2, 10], 0, 2.1, keyframes)).toEqual([4, 10])
  expect(move([2, 10], 0, 1.9, keyframes)).toEqual([0, 10])
  expect(move([0, 10], 0, 9.9, keyframes)).toEqual([8, 10])
  expect(move([0, 3], 0, 9.9, keyframes)).toEqual([2, 3])
  expect(move([0, 1], 0, 0.1, keyframes)).toEqual([0, 1])
})

test('an end stands anywhere between its neighbours', () => {
  expect(move([0, 10], 1, 7.3, keyframes)).toEqual([0, 7.3])
  expect(move([0, 3, 4, 10], 1, 9, keyframes)).toEqual([0, 3.9, 4, 10])
  expect(move([4, 10], 1, 1, keyframes)).toEqual([4, 4.1])
})

test('the middle is cut out up to where it can go on, and can be kept again', () => {
  const edges = cutOut([0, 10], 2.5, keyframes)
  expect(edges).toEqual([0, 2.5, 4, 10])
  expect(left(edges ?? [])).toBe(8.5)
  expect(stretches(edges ?? [])).toEqual([{ from_ms: 0, to_ms: 2500 }, { from_ms: 4000, to_ms: 10_000 }])
  expect(cutOut(edges ?? [], 3, keyframes)).toBeUndefined()
  expect(cutOut(edges ?? [], 9, keyframes)).toBeUndefined()
  expect(cutOut(edges ?? [], 6, keyframes)).toEqual([0, 2.5, 4, 6, 8, 10])
  expect(close(edges ?? [], 0)).toEqual([0, 10])
})

test('a preview leaves out what is cut out, and ends with the last part', () => {
  const edges = [2, 3, 4, 6]
  expect([0, 2.5, 3, 4, 6].map((at) => goOn(edges, at))).toEqual([2, 2.5, 4, 4, undefined])
})
