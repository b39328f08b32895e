import { expect, test } from 'vitest'
import { about } from './format'

test.each([
  [0, 'a few seconds'],
  [5, 'a few seconds'],
  [6, 'about 10 seconds'],
  [38, 'about 40 seconds'],
  [94, 'about 100 seconds'],
  [95, 'about 2 minutes'],
  [170, 'about 3 minutes'],
  [7_200, 'about 2 hours'],
])('%i seconds: %s', (seconds, words) => expect(about(seconds)).toBe(words))
