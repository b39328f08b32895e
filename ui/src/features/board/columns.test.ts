/** The columns of a board, and the moves that each person is offered. */

import { describe, expect, test } from 'vitest'
import { Replica } from '../../replica/replica'
import { ana, ben, billing, entities, NOW, phones, refund, sam } from '../../host/fake/numbra'
import type { PersonId, Request } from '../../protocol/wire'
import { boardOf, columnOf, movesOf, startOfDay } from './columns'

const one = (change: Partial<Request>): Request => ({ ...refund, ...change })
const names = (change: Partial<Request>, me: PersonId, desk = phones) => movesOf(one(change), desk, me).map(({ name }) => name)

describe('board', () => {
  test('a request of the desk stands in one column, others in none', () => {
    const replica = new Replica()
    replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })
    const flat = boardOf(replica, phones.id, startOfDay(NOW))
    const ids = flat.filter((item) => item.startsWith('0193'))
    expect(new Set(ids).size).toBe(ids.length)
    const here = [...replica.requests.values()].filter((request) => request.desk === phones.id && columnOf(request, startOfDay(NOW)))
    expect(new Set(ids)).toEqual(new Set(here.map(({ id }) => id)))
    expect(ids.length).toBeGreaterThan(5)
  })

  test('solved means solved today', () => {
    expect(columnOf(one({ state: 'solved', solved_at: NOW - 60_000 }), startOfDay(NOW))).toBe('solved')
    expect(columnOf(one({ state: 'solved', solved_at: NOW - 86_400_000 }), startOfDay(NOW))).toBeUndefined()
  })

  test.each([
    ['a helper', { state: 'open', owner: null }, ben.id, ['take', 'askBack', 'answer']],
    ['its owner', { state: 'accepted', owner: sam.id }, sam.id, ['giveBack', 'wait', 'askBack', 'answer']],
    ['another helper', { state: 'accepted', owner: sam.id }, ben.id, ['askBack', 'answer']],
    ['the asker', { state: 'answered', owner: sam.id }, ana.id, ['solve']],
    ['the asker, solved', { state: 'solved', owner: sam.id }, ana.id, ['reopen']],
    ['the owner, in the asker\'s turn', { state: 'waiting_asker', owner: sam.id }, sam.id, ['giveBack', 'wait', 'answer']],
    ['anybody, withdrawn', { state: 'withdrawn' }, sam.id, []],
  ] as [string, Partial<Request>, PersonId, string[]][])('%s', (_who, change, me, wanted) => expect(names(change, me)).toEqual(wanted))

  test('who does not help at the desk is offered nothing', () => {
    expect(names({ state: 'open', owner: null, asker: sam.id, desk: billing.id }, ben.id, billing)).toEqual([])
  })
})
