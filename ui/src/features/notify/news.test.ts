/** Who is told of what, and how loudly. */

import { expect, test } from 'vitest'
import type { Entity, Request, Status } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { ana, ben, billing, entities, refund, sam } from '../../host/fake/numbra'
import { look, news } from './news'

/** What `me` is told when the refund question goes from one shape to another. */
function told(me: typeof sam, from: Partial<Request> | undefined, to: Partial<Request>, status: Status = 'available') {
  const rest = entities.filter((entity) => !(entity.entity === 'request' && entity.id === refund.id)).map((entity): Entity => (entity.entity === 'person' && entity.id === me.id ? { ...entity, status } : entity))
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: me.id, now: 0, entities: from ? [...rest, { entity: 'request', ...refund, ...from }] : rest })
  const before = look(replica, me.id)
  replica.changes([{ put: { entity: 'request', ...refund, ...to } }])
  return news(before, look(replica, me.id), replica, me.id)
}
const open = { owner: null, state: 'open' } as const

test('a waiting customer sounds for whoever is free, and not for who is on a call', () => {
  expect(told(ben, undefined, open).told).toEqual([{ kind: 'live', request: refund.id, sound: true }])
  expect(told(ben, undefined, open, 'on_call').told).toEqual([{ kind: 'live', request: refund.id, sound: false }])
  expect(told(ben, undefined, open, 'off').told).toEqual([])
})

test('quiet hours hold a waiting customer back only while somebody else watches the desk', () => {
  const [me, other] = [ben, sam]
  const replica = new Replica()
  const others = entities.filter((entity) => entity.entity !== 'request').map((entity): Entity => (entity.entity === 'person' ? { ...entity, status: entity.id === other.id || entity.id === me.id ? 'available' : 'off', quiet_now: entity.id === me.id } : entity))
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: me.id, now: 0, entities: others })
  const here = (connected: boolean) => replica.passing({ kind: 'presence', people: [{ person: other.id, connected, idle: false }] })
  const after = (change: () => void) => {
    const before = look(replica, me.id)
    change()
    return news(before, look(replica, me.id), replica, me.id).told.map((one) => one.kind)
  }
  const ask = (urgency: Request['urgency']) => replica.changes([{ put: { entity: 'request', ...refund, ...open, urgency } }])
  here(true)
  expect(after(() => ask('live'))).toEqual([])
  expect(after(() => here(false))).toEqual(['live'])
  expect(after(() => here(true))).toEqual([])
  expect(after(() => ask('today'))).toEqual([])
})

test('today is a banner, unless one is on a call; whenever is the badge alone', () => {
  expect(told(ben, undefined, { ...open, urgency: 'today' }).told).toEqual([{ kind: 'banner', request: refund.id }])
  expect(told(ben, undefined, { ...open, urgency: 'today' }, 'on_call').told).toEqual([])
  expect(told(ben, undefined, { ...open, urgency: 'whenever' }).told).toEqual([])
})

test('the card goes when somebody takes it', () => {
  expect(told(ben, open, { owner: sam.id, state: 'accepted' })).toEqual({ told: [], over: [refund.id] })
})

test('nobody is told of their own question, or of a desk they do not help at', () => {
  expect(told(ana, undefined, open).told).toEqual([])
  expect(told(ben, undefined, { ...open, desk: billing.id }).told).toEqual([])
  expect(told(ben, undefined, { ...open, private_with: [sam.id] }).told).toEqual([])
})

test('an answer and a question back reach the asker', () => {
  expect(told(ana, { state: 'accepted' }, { state: 'answered', answered_at: 5 }).told).toMatchObject([{ kind: 'answer', back: false, by: sam.id }])
  expect(told(ana, { state: 'accepted' }, { state: 'waiting_asker' }).told).toMatchObject([{ kind: 'answer', back: true }])
  expect(told(ana, { state: 'answered', answered_at: 5 }, { state: 'answered', answered_at: 5, urgency: 'today' }).told).toEqual([])
})
