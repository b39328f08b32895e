/** Whom a change affects, in words that fit one and many. */

import { expect, test } from 'vitest'
import type { Affected, PersonId } from '../../protocol/wire'
import { sentences } from './AffectedNote'

const none: Affected = { requests: 0, gain_sight: [], lose_sight: [], become_helpers: [], are_helpers_no_more: [], ask_more: [], ask_less: [] }
const people = (...names: string[]) => names as PersonId[]
const said = (change: Partial<Affected>) => sentences({ ...none, ...change }, (id) => (id === 'me' ? 'you' : id))

test.each<[Partial<Affected>, string[]]>([
  [{}, []],
  [{ requests: 1 }, ['The times of 1 open request are counted anew.']],
  [{ requests: 3, become_helpers: people('Ben') }, ['The times of 3 open requests are counted anew.', 'Ben helps here from then on.']],
  [{ are_helpers_no_more: people('Ben', 'Chi') }, ['Ben and Chi do not help here any more.']],
  [{ gain_sight: people('me') }, ['You see what is asked here.']],
  [{ ask_less: people('ana', 'ben') }, ['Ana and ben may ask here less than before.']],
  [{ ask_more: people('ana') }, ['Ana may ask here more than before.']],
  [{ lose_sight: people('a', 'b', 'c', 'd', 'e', 'f', 'g') }, ['A, b, c, d, e and 2 more do not see it any more, and what they had of it is removed.']],
])('%j', (change, words) => expect(said(change)).toEqual(words))
