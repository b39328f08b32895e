/** What is said of somebody's status, and when it is said before one sends. */

import { expect, test } from 'vitest'
import { NOW, sam } from '../../host/fake/numbra'
import type { Person } from '../../protocol/wire'
import { isReachable, statusSentence, statusWords } from './status'

const here = { person: sam.id, connected: true, idle: false }
const at = new Date(NOW + 60 * 60_000)
const clock = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
const one = (change: Partial<Person>): Person => ({ ...sam, status: 'available', status_until: null, ...change })

test.each<[Partial<Person>, string, boolean, string]>([
  [{}, 'Available', true, ''],
  [{ status_unconfirmed: true }, 'Available, unconfirmed', false, 'Sam said long ago to be available; it is not confirmed.'],
  [{ status: 'on_call', status_until: NOW + 3_600_000 }, `On a call until ${clock}`, false, `Sam is on a call until about ${clock}.`],
  [{ status: 'away' }, 'Away', false, 'Sam is away.'],
  [{ status: 'away', status_unconfirmed: true }, 'Away, unconfirmed', false, 'Sam is away, or was: it is not confirmed.'],
  [{ status: 'away', status_until: NOW - 1 }, 'Away', true, ''],
  [{ status: 'off' }, 'Off', false, 'Sam is off work.'],
  [{ busy_until: NOW + 3_600_000 }, `In a meeting until ${clock}`, false, `Sam is in a meeting until about ${clock}.`],
  [{ status: 'away', busy_until: NOW + 3_600_000 }, 'Away', false, 'Sam is away.'],
  [{ quiet_now: true }, 'Available', false, 'Sam has quiet hours.'],
])('%j', (change, words, reachable, sentence) => {
  const person = one(change)
  expect(statusWords(person, NOW)).toBe(words)
  expect(isReachable(person, here, NOW)).toBe(reachable)
  if (!reachable) expect(statusSentence(person, here, NOW)).toBe(sentence)
})

test('who is not connected is not reached, whatever they said', () => {
  expect(isReachable(one({}), undefined, NOW)).toBe(false)
  expect(statusSentence(one({}), undefined, NOW)).toBe('Sam is not connected.')
})
