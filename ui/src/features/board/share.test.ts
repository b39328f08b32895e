import { expect, test } from 'vitest'
import { sentence } from './ShareLine'

const weeks = { from: Date.UTC(2026, 9, 25, 23), to: Date.UTC(2026, 10, 22, 23) }

test('a share is said with how many questions it was read off, and when', () => {
  expect(sentence({ ...weeks, counted: { asked: 184, live: 57 } }, 'Europe/Berlin')).toBe('A customer was waiting in 31 % of 184 questions, 26 Oct to 22 Nov.')
})

test('a small number is said as it is and called small', () => {
  expect(sentence({ ...weeks, counted: { asked: 12, live: 1 } }, 'Europe/Berlin')).toBe('A customer was waiting in 1 of 12 questions, 26 Oct to 22 Nov. Small n: it says little.')
})

test('too few people: nothing is counted, and why', () => {
  expect(sentence({ ...weeks, counted: null }, 'Europe/Berlin')).toMatch(/^How often a customer was waiting is not shown: fewer than five people/)
})
