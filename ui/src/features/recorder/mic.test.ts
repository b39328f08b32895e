/** The microphone is off to begin with while somebody else could be heard: a customer, or whoever one talks with. */

import { expect, test } from 'vitest'
import type { Call, CallState, Entity, Request, Status } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { ben, entities, eve, refund, ringing, sam } from '../../host/fake/numbra'
import { beginsWithMic } from './mic'

/** Whether it is on for Ben, who is free and has asked nothing that a customer waits for, after these rows. */
function on({ status = 'available' as Status, rows = [] as Entity[] } = {}, asking?: Request['urgency']) {
  const replica = new Replica()
  const all = entities.map((entity): Entity => (entity.entity === 'person' && entity.id === ben.id ? { ...entity, status } : entity))
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: ben.id, now: 0, entities: [...all, ...rows] })
  return beginsWithMic(replica, ben.id, asking)
}
const call = (state: CallState, change: Partial<Call> = {}): Entity => ({ entity: 'call', ...ringing(sam), caller: sam.id, callee: ben.id, state, ...change })
const asked = (change: Partial<Request>): Entity => ({ entity: 'request', ...refund, asker: ben.id, ...change })

test('it is on where nobody else can be heard', () => {
  expect(on()).toBe(true)
  expect(on({ status: 'away' })).toBe(true)
})

test('it is off for whoever said that they are on a call', () => expect(on({ status: 'on_call' })).toBe(false))

test('it is off while one talks in a call of Deskside, on either side, and on again when it is over', () => {
  expect(on({ rows: [call('accepted')] })).toBe(false)
  expect(on({ rows: [call('joined', { caller: ben.id, callee: sam.id })] })).toBe(false)
  expect(on({ rows: [call('ringing')] })).toBe(true)
  expect(on({ rows: [call('ended')] })).toBe(true)
  expect(on({ rows: [call('joined', { callee: eve.id })] })).toBe(true)
})

test('it is off while a customer of one\'s own waits, whoever has the question by now', () => {
  expect(on({ rows: [asked({ state: 'open', owner: null })] })).toBe(false)
  expect(on({ rows: [asked({ state: 'answered' })] })).toBe(false)
  expect(on({ rows: [asked({ state: 'solved' })] })).toBe(true)
  expect(on({ rows: [asked({ urgency: 'today' })] })).toBe(true)
  expect(on({ rows: [asked({ asker: eve.id })] })).toBe(true)
})

test('it is off while the question that is being written says that a customer waits', () => {
  expect(on({}, 'live')).toBe(false)
  expect(on({}, 'today')).toBe(true)
})
