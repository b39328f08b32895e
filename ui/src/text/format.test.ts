import { expect, test } from 'vitest'
import { dayAhead, dayAndHour, fullWhen } from './format'

// Built of local parts, so that the zone of the machine does not matter.
const at = new Date(2026, 10, 21, 9, 5).getTime()

test('a day and its hour read the same in every webview', () => {
  expect(fullWhen(at)).toBe('Saturday 21 November, 09:05')
  expect(dayAndHour(at)).toBe('21 November 2026, 09:05')
  expect(dayAhead(at)).toBe('Saturday 21 Nov')
})
