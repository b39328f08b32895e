import { expect, test } from 'vitest'
import { refund, sid } from '../../host/fake/numbra'
import { askAnew, isTooLate } from './reopen'

const DAY = 86_400_000
const solved = { ...refund, state: 'solved', solved_at: 10 * DAY } as const

test('a week after it was solved it is too late, not a moment before', () => {
  expect(isTooLate(solved, 17 * DAY)).toBe(false)
  expect(isTooLate(solved, 17 * DAY + 1)).toBe(true)
  expect(isTooLate({ ...solved, archived: true }, 11 * DAY)).toBe(true)
  expect(isTooLate({ ...solved, state: 'answered' }, 99 * DAY)).toBe(false)
})

test('the new question goes to the same desk, about the same ticket, as private as the old one', () => {
  expect(askAnew(refund, 'https://desk.example/r/1')).toEqual({ desk: refund.desk, link: 'https://desk.example/r/1', words: '', ticket: refund.ticket })
  expect(askAnew({ ...refund, ticket: null, private_with: [sid.id] }, 'l', 'still fails')).toEqual({ desk: refund.desk, link: 'l', words: 'still fails', privateWith: sid.id })
})
