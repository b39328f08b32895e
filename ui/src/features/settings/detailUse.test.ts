/** What a desk learns about its required fields. */

import { expect, test } from 'vitest'
import { billing, phones, refund } from '../../host/fake/numbra'
import type { Request } from '../../protocol/wire'
import { detailUse, isWorthDropping } from './detailUse'

const given = (name: string, used: boolean, change: Partial<Request> = {}): Request => ({ ...refund, desk: billing.id, ...change, care: { ...refund.care, details: [{ name, value: 'x', used }] } })

test('counts by field of this desk, and says nothing of what was never asked', () => {
  const requests = [given('Month', true), given('Month', false), given('Invoice number', false), given('Month', true, { desk: phones.id }), given('Gone', true)]
  expect(detailUse(requests, billing.id, ['Invoice number', 'Month', 'New'])).toEqual([
    { name: 'Invoice number', asked: 1, used: 0 },
    { name: 'Month', asked: 2, used: 1 },
  ])
})

test('a field that nobody used with ten questions is worth dropping', () => {
  expect([9, 10].map((asked) => isWorthDropping({ name: 'x', asked, used: 0 }))).toEqual([false, true])
  expect(isWorthDropping({ name: 'x', asked: 50, used: 1 })).toBe(false)
})
