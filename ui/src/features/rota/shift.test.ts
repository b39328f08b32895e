/** The end of a shift: what is listed, who is proposed, and that nobody is handed their own question. */

import { describe, expect, test } from 'vitest'
import { ana, ben, entities, NOW, people, phones, refund, sam, sid } from '../../host/fake/numbra'
import type { DeskId, Desk, Person, Request } from '../../protocol/wire'
import { incoming, outgoing, Proposed, takerOf, takers, takersOf } from './shift'

const desks = new Map<DeskId, Desk>([[phones.id, phones]])
const one = (id: string, change: Partial<Request>): Request => ({ ...refund, id: id as Request['id'], ...change })
const ids = (requests: Request[]) => outgoing(requests, desks, sam.id).flatMap((batch) => batch.requests.map(({ id }) => id))

describe('outgoing', () => {
  test('what I have and what waits for somebody, the oldest first; what is answered, private or another\'s stays', () => {
    expect(
      ids([
        one('young', { asked_at: 3 }), one('back', { asked_at: 2, state: 'waiting_asker' }), one('other', { asked_at: 1, state: 'waiting_other' }),
        one('answered', { state: 'answered' }), one('private', { private_with: [sam.id] }), one('his', { owner: sid.id }), one('over', { state: 'merged' }),
      ]),
    ).toEqual(['other', 'back', 'young'])
  })

  test('in the demo every request of Sam stands once', () => {
    const requests = entities.filter((entity) => entity.entity === 'request')
    const listed = outgoing(requests, desks, sam.id).flatMap((batch) => batch.requests)
    expect(listed.length).toBeGreaterThan(1)
    expect(new Set(listed).size).toBe(listed.length)
  })
})

test('incoming is what is offered to me by name', () => {
  const offer = (person: Person | null, from = sid.id) => ({ ...refund.care, hand_over: { from, desk: phones.id, person: person?.id ?? null, at: 0 } })
  const found = incoming([one('me', { care: offer(sam) }), one('desk', { care: offer(null) }), one('mine', { care: offer(sam, sam.id) })], sam.id)
  expect(found.map(({ id }) => id)).toEqual(['me'])
})

describe('takers', () => {
  const names = (now: number) => takers(phones, people, sam.id, 'Europe/Berlin', now).map(({ id }) => id)
  test('whoever is on duty comes first, whoever is off last, and I am none of them', () => {
    expect(names(NOW)[0]).toBe(sid.id)
    expect(names(NOW)).not.toContain(sam.id)
    expect(names(Date.parse('2026-11-24T08:30:00Z'))[0]).toBe(ben.id)
    expect(people.find(({ id }) => id === names(NOW).at(-1))?.status).toBe('off')
  })

  test('nobody is handed their own question', () => {
    const all = takers(phones, people, sam.id, 'Europe/Berlin', NOW)
    expect(takerOf(one('a', { asker: sid.id, care: refund.care }), all, sid.id)).not.toBe(sid.id)
    expect(takerOf(one('a', { asker: ana.id }), all, sid.id)).toBe(sid.id)
    expect(takerOf(one('a', {}), [], undefined)).toBeUndefined()
  })

  test('whoever was proposed at first stays so when others come on duty', () => {
    const proposed = new Proposed()
    const at = (now: number) => {
      const all = takers(phones, people, sam.id, 'Europe/Berlin', now)
      const request = one('a', { asker: ana.id })
      return takerOf(request, all, undefined, proposed.of(phones.id, all[0]?.id))
    }
    expect(at(Date.parse('2026-11-24T08:30:00Z'))).toBe(ben.id)
    expect(at(NOW)).toBe(ben.id)
    // Who can't take it any more is not kept, and nobody at first may become somebody.
    expect(takerOf(one('b', { asker: ben.id }), takers(phones, people, sam.id, 'Europe/Berlin', NOW), ben.id)).toBe(sid.id)
    expect(proposed.of('empty' as DeskId, undefined)).toBeUndefined()
    expect(proposed.of('empty' as DeskId, sid.id)).toBe(sid.id)
  })

  test('where only the asker helps nobody may take it', () => {
    expect(takersOf(one('a', { asker: sid.id }), [sid])).toEqual([])
  })
})
