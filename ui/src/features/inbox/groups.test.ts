/** Where a request stands in the inbox, for each who looks at it. */

import { describe, expect, test } from 'vitest'
import { Replica } from '../../replica/replica'
import { ana, ben, billing, entities, kit, phones, refund, sam } from '../../host/fake/numbra'
import type { PersonId, Request } from '../../protocol/wire'
import { groupsOf, helpsAt, linesOf } from './groups'

function seenBy(me: PersonId, change: Partial<Request> = {}) {
  const replica = new Replica()
  const changed = entities.map((entity) => (entity.entity === 'request' && entity.id === refund.id ? { ...entity, ...change } : entity))
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me, now: 0, entities: changed })
  return groupsOf(replica, 'open')
}
const place = (me: PersonId, change: Partial<Request> = {}) => seenBy(me, change).find(({ ids }) => ids.includes(refund.id))?.name

describe('inbox', () => {
  test('every request stands once', () => {
    const ids = seenBy(sam.id).flatMap((group) => group.ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('one that waits with a customer stands first for whoever helps', () => {
    expect(place(ben.id, { owner: null, state: 'open' })).toBe('live')
    expect(seenBy(ben.id)[0]?.name).toBe('live')
  })

  test('one that is taken is with its owner, and with others for the rest', () => {
    expect(place(sam.id, { urgency: 'today' })).toBe('withMe')
    expect(place(ben.id)).toBe('withOthers')
    expect(place(ana.id)).toBe('mine')
  })

  test('one with a customer waiting stays on top for its owner until they have answered', () => {
    expect(place(sam.id)).toBe('live')
    expect(place(sam.id, { state: 'answered' })).toBe('withMe')
  })

  test('a desk one does not help at is not in the inbox', () => {
    expect(place(ben.id, { desk: billing.id, owner: null, state: 'open' })).toBeUndefined()
    expect(place(kit.id, { desk: billing.id, owner: null, state: 'open' })).toBe('live')
  })

  test('whoever has waited longest stands first', () => {
    const waiting = seenBy(sam.id).find(({ name }) => name === 'waiting')
    const replica = new Replica()
    replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })
    const today = (waiting?.ids ?? []).map((id) => replica.requests.get(id)).filter((request) => request?.urgency === 'today')
    const times = today.map((request) => request?.asked_at ?? 0)
    expect(times.length).toBeGreaterThan(1)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('solved ones are in the other view', () => {
    expect(place(sam.id, { state: 'solved' })).toBeUndefined()
  })

  test('headings carry their count', () => {
    const lines = linesOf([{ name: 'mine', ids: [refund.id] }])
    expect(lines).toEqual([{ heading: 'mine', count: 1 }, { id: refund.id }])
  })

  test('helping: everyone, the named ones, the owner', () => {
    expect(helpsAt(phones, ben.id)).toBe(true)
    expect(helpsAt(billing, ben.id)).toBe(false)
    expect(helpsAt(billing, billing.owner)).toBe(true)
  })
})
