/** What the thread says of a call that is over. */

import { expect, test } from 'vitest'
import type { CallId, PersonId } from '../../protocol/wire'
import { ana, sam } from '../../host/fake/numbra'
import { eventWords } from './Thread'

const ended = (seconds: number) => ({ what: 'call', call: 'c' as CallId, step: { step: 'ended', seconds } }) as const
const name = (id: PersonId | null) => ({ [ana.id]: 'Ana', [sam.id]: 'Sam' })[id ?? ''] ?? ''

test('who talked, and how long', () => {
  expect(eventWords(ended(245), 'Sam', name, [ana.id, sam.id])).toBe('call 4 min, Ana and Sam')
  expect(eventWords(ended(42), 'Sam', name, [sam.id])).toBe('call 42 s, Sam')
})

test('only how long, where the call itself is not known any more', () => expect(eventWords(ended(245), 'Sam', name)).toBe('call 4 min'))

test('nothing of minutes, where nobody came', () => expect(eventWords(ended(0), 'Sam', name)).toBe('call ended before anyone joined'))
