import { expect, test } from 'vitest'
import { Slots } from './slots'

const nobody = () => false

test('who stays keeps its elements, who comes takes those of one who went', () => {
  const slots = new Slots<string>()
  const before = new Map(slots.give(['a', 'b', 'c'], nobody))
  const after = slots.give(['b', 'c', 'd'], nobody)
  expect(after.get('b')).toBe(before.get('b'))
  expect(after.get('c')).toBe(before.get('c'))
  expect(after.get('d')).toBe(before.get('a'))
})

test('the elements of one that has the focus are given to nobody', () => {
  const slots = new Slots<string>()
  const before = new Map(slots.give(['a', 'b'], nobody))
  const after = slots.give(['b', 'c'], (id) => id === 'a')
  expect(after.get('c')).not.toBe(before.get('a'))
  expect(new Set(after.values()).size).toBe(2)
})

test('no two have the same, however one scrolls, and asked again it says the same', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % below
  }
  const slots = new Slots<number>()
  let most = 0
  for (let step = 0; step < 500; step++) {
    const [from, count] = [next(60), next(25)]
    const ids = Array.from({ length: count }, (_, i) => from + i)
    most = Math.max(most, count)
    const given = new Map(slots.give(ids, nobody))
    expect([...given.keys()].sort((a, b) => a - b), `seed ${seed} step ${step}`).toEqual(ids)
    expect(new Set(given.values()).size, `seed ${seed} step ${step}`).toBe(count)
    expect(new Map(slots.give(ids, nobody))).toEqual(given)
  }
})
