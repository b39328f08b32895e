/** Look-alikes: what is offered to be merged, in which order, and what never is. */

import { describe, expect, test } from 'vitest'
import { ben, ivr, phones, billing, sam } from '../../host/fake/numbra'
import type { Request, RequestId } from '../../protocol/wire'
import { alike, isNoticeable } from './alike'

const other = (id: string, change: Partial<Request>): Request => ({ ...ivr, id: id as RequestId, ...change })
const names = (others: Request[]) => alike(ivr, others).map(({ request }) => request.id)

describe('look-alikes', () => {
  test('the more words in common, the earlier; the same ticket before all', () => {
    const asked = { ...ivr, ticket: { label: 'ZD 4700', url: '' } }
    const found = alike(asked, [
      other('far', { text: 'Router swap without return label' }),
      other('near', { text: 'IVR code 17, which department?' }),
      other('ticket', { text: 'Something else', ticket: { label: 'ZD 4700', url: '' } }),
    ])
    expect(found.map(({ request }) => request.id)).toEqual(['ticket', 'near', 'far'])
    expect(found.map(isNoticeable)).toEqual([true, true, false])
  })

  test.each<[string, Partial<Request>]>([
    ['itself', { id: ivr.id }],
    ['at another desk', { desk: billing.id }],
    ['private', { private_with: [sam.id] }],
    ['solved', { state: 'solved' }],
    ['merged already', { state: 'merged' }],
    ['taken back', { state: 'withdrawn' }],
  ])('%s is none', (_what, change) => expect(names([other('one', change)].map((one) => ({ ...one, ...change })))).toEqual([]))

  test('one that somebody has taken, or that waits for its asker, is one', () => {
    expect(names([other('taken', { state: 'accepted', owner: sam.id }), other('back', { state: 'waiting_asker', owner: ben.id })]).length).toBe(2)
    expect(ivr.desk).toBe(phones.id)
  })

  test('questions without a common word stand by age, so that there is one order', () => {
    expect(names([other('b', { text: 'zzz', asked_at: 2 }), other('a', { text: 'yyy', asked_at: 1 })])).toEqual(['a', 'b'])
  })
})
