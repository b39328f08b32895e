/** Where a request stands in the inbox, for each who looks at it. */

import { describe, expect, test } from 'vitest'
import { Replica } from '../../replica/replica'
import { noCare } from '../../host/fake/care'
import { ana, ben, billing, entities, kit, phones, refund, sam } from '../../host/fake/numbra'
import type { MessageId, PersonId, Request } from '../../protocol/wire'
import { groupsOf, helpsAt, linesOf } from './groups'
import { InboxOrder } from './order'

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

  test('whoever is called by name has it in the inbox, wherever they help', () => {
    const care = (rings: PersonId[]) => ({ ...noCare, alarm: { step: 'leads' as const, since: 0, begins_at: 0, rings: { kind: 'these' as const, people: rings }, cards: { kind: 'these' as const, people: [] }, call_now: [], next_at: 0 } })
    const elsewhere = (rings: PersonId[]) => place(ben.id, { owner: null, state: 'open', desk: billing.id, care: care(rings) })
    expect(elsewhere([ben.id])).toBe('live')
    expect(elsewhere([kit.id])).toBeUndefined()
  })

  test('a desk one does not help at is not in the inbox', () => {
    expect(place(ben.id, { desk: billing.id, owner: null, state: 'open' })).toBeUndefined()
    expect(place(kit.id, { desk: billing.id, owner: null, state: 'open' })).toBe('live')
  })

  test('whoever is mentioned has it in the inbox until they have answered or read it, wherever they help', () => {
    const replica = new Replica()
    const elsewhere = entities.map((entity) => (entity.entity === 'request' && entity.id === refund.id ? { ...entity, desk: billing.id, owner: kit.id, care: noCare } : entity))
    replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: ben.id, now: 0, entities: elsewhere })
    const order = new InboxOrder(replica, 'open')
    order.follow()
    const where = () => {
      const groups = groupsOf(replica, 'open')
      expect(order.lines()).toEqual(linesOf(groups))
      return groups.find(({ ids }) => ids.includes(refund.id))?.name
    }
    const say = (author: PersonId, at: number, tells: PersonId[]) => replica.changes([{ put: {
      entity: 'message', id: `named ${at}` as MessageId, request: refund.id, author, kind: { kind: 'said' }, text: '', attachments: [], clip: null, moment: null, at, deleted: false,
      mentions: { whom: [], reason: '', tells: { kind: 'these', people: tells }, told: tells.length },
    } }])
    const [first, second, third] = [1, 2, 3].map((n) => 5_000_000_000_000 + n) as [number, number, number]
    expect(where()).toBeUndefined()
    say(kit.id, first, [ben.id])
    expect(where()).toBe('named')
    say(ben.id, second, [])
    expect(where()).toBeUndefined()
    say(kit.id, third, [ben.id])
    expect(where()).toBe('named')
    replica.read([[refund.id, third]])
    expect(where()).toBeUndefined()
    say(kit.id, third + 1, [ana.id])
    expect(where()).toBeUndefined()
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

describe('kept in order', () => {
  test('while requests change at random, the lines are those that one would make from scratch', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
    let state = seed
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state % below
    }
    const replica = new Replica()
    replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })
    const requests = entities.filter((entity) => entity.entity === 'request')
    const states = ['open', 'accepted', 'waiting_asker', 'answered', 'solved', 'withdrawn'] as const
    const orders = (['open', 'solved'] as const).map((view) => ({ view, order: new InboxOrder(replica, view) }))
    for (const { order } of orders) order.follow()
    for (let step = 0; step < 400; step++) {
      const one = requests[next(requests.length)] as (typeof requests)[number]
      const changed = {
        ...one, state: states[next(states.length)] ?? 'open', owner: next(2) === 0 ? null : sam.id, urgency: (['live', 'today', 'whenever'] as const)[next(3)] ?? 'today',
        asked_at: 1000 + next(5), touched_at: 1000 + next(5), solved_at: next(2) === 0 ? null : 1000 + next(5),
      }
      if (next(6) === 0) replica.changes([{ gone: { entity: 'request', id: one.id } }])
      else if (next(12) === 0) replica.changes([{ put: { entity: 'desk', ...billing, helpers: next(2) === 0 ? { kind: 'everyone' } : billing.helpers, owner: kit.id } }])
      else replica.changes([{ put: changed }])
      for (const { view, order } of orders) {
        const lines = order.lines()
        expect(lines, `seed ${seed} step ${step}`).toEqual(linesOf(groupsOf(replica, view)))
        expect(order.lines()).toBe(lines)
      }
    }
  })
})
