import { expect, test } from 'vitest'
import { add, afterCut, isWatched, unseen, type Seen } from './watched'

const parts = (...seen: [number, number][]): Seen => seen.reduce<Seen>((all, [from, to]) => add(all, from, to), [])

test('parts that touch or overlap become one, in any order', () => {
  expect(parts([0, 1], [1.05, 2])).toEqual([[0, 2]])
  expect(parts([5, 6], [0, 1], [0.5, 5.5])).toEqual([[0, 6]])
  expect(parts([3, 4], [0, 1])).toEqual([[0, 1], [3, 4]])
  expect(parts([2, 2], [3, 1])).toEqual([])
})

test('a jump to the end is not watching', () => {
  expect(isWatched(parts([0, 1], [9, 10]), 10)).toBe(false)
  expect(unseen(parts([0, 1], [9, 10]), 10)).toEqual({ left: 8, first: 1 })
  expect(isWatched([], 0)).toBe(false)
  expect(isWatched(parts([0, 9.5]), 10)).toBe(true)
  expect(isWatched(parts([0.2, 5], [5.05, 10.1]), 10)).toBe(true)
})

test('what was watched stays watched when something is cut out', () => {
  const seen = parts([0, 10])
  expect(afterCut(seen, [{ from_ms: 1000, to_ms: 4000 }, { from_ms: 6000, to_ms: 10_000 }])).toEqual([[0, 7]])
  expect(unseen(afterCut(parts([0, 5]), [{ from_ms: 2000, to_ms: 8000 }]), 6)).toEqual({ left: 3, first: 3 })
})

test('random looks at a clip leave what a slow count says', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  let state = seed
  const roll = (most: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % most
  for (let round = 0; round < 200; round++) {
    const ticks = Array.from({ length: 60 }, () => false)
    let seen: Seen = []
    for (let look = 0; look < 8; look++) {
      const from = roll(59)
      const to = Math.min(60, from + 1 + roll(20))
      seen = add(seen, from, to)
      ticks.fill(true, from, to)
    }
    expect(unseen(seen, 60).left, `seed ${seed}`).toBe(ticks.filter((tick) => !tick).length)
    expect(unseen(seen, 60).first, `seed ${seed}`).toBe(ticks.includes(false) ? ticks.indexOf(false) : 60)
  }
})
