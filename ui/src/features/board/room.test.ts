/** "Has room" and "at limit", by who is on duty and what they have in hand. */

import { describe, expect, test } from 'vitest'
import { ben, kit, NOW, people, phones, refund, sam, sid } from '../../host/fake/numbra'
import type { Desk, PersonId, Request } from '../../protocol/wire'
import { amFull, roomAt } from './room'

const desk = (wip_limit: number): Desk => ({ ...phones, service: { ...phones.service, wip_limit } })
let counter = 0
const has = (owner: PersonId, state: Request['state'] = 'accepted', change: Partial<Request> = {}): Request => ({ ...refund, id: `r${(counter += 1)}` as Request['id'], owner, state, ...change })
// On a Tuesday afternoon Sid alone is on duty.
const room = (limit: number, requests: Request[], now = NOW) => roomAt(desk(limit), requests, people, 'Europe/Berlin', now)

describe('room', () => {
  test('a desk without a limit says nothing', () => expect(room(0, [has(sid.id)])).toBeUndefined())

  test('one below the limit is room, at the limit is none', () => {
    expect(room(2, [has(sid.id)])).toBe('room')
    expect(room(2, [has(sid.id), has(sid.id, 'waiting_other')])).toBe('limit')
  })

  test('what waits for its asker, is answered, or is at another desk, is in nobody\'s hand', () => {
    expect(room(1, [has(sid.id, 'waiting_asker'), has(sid.id, 'answered'), has(sid.id, 'accepted', { desk: 'other' as Desk['id'] })])).toBe('room')
  })

  test('whoever is not on duty counts neither way', () => {
    expect(room(1, [has(sid.id)])).toBe('limit')
    expect(room(1, [has(sam.id)])).toBe('room')
    // Wednesday: Kit helps Sid.
    expect(room(1, [has(sid.id)], Date.parse('2026-11-25T13:00:00Z'))).toBe('room')
    expect(room(1, [has(sid.id), has(kit.id)], Date.parse('2026-11-25T13:00:00Z'))).toBe('limit')
  })

  test('nobody on duty is neither', () => expect(room(1, [], Date.parse('2026-11-24T11:30:00Z'))).toBe('nobody'))

  test('of oneself one may know', () => {
    expect(amFull(desk(1), [has(ben.id)], ben.id)).toBe(true)
    expect(amFull(desk(2), [has(ben.id)], ben.id)).toBe(false)
    expect(amFull(desk(0), [has(ben.id)], ben.id)).toBe(false)
  })
})
