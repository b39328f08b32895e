/** Who is told of what, and how loudly. */

import { expect, test } from 'vitest'
import type { Alarm, Entity, Helpers, Message, MessageId, Owed, PersonId, Request, Status } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { ana, ben, billing, entities, eve, phones, refund, ringing, sam, sid } from '../../host/fake/numbra'
import { noCare } from '../../host/fake/care'
import { look, news } from './news'

/** What `me` is told when the refund question goes from one shape to another. */
function told(me: typeof sam, from: Partial<Request> | undefined, to: Partial<Request>, status: Status = 'available') {
  const rest = entities.filter((entity) => !(entity.entity === 'request' && entity.id === refund.id)).map((entity): Entity => (entity.entity === 'person' && entity.id === me.id ? { ...entity, status } : entity))
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: me.id, now: 0, entities: from ? [...rest, { entity: 'request', ...refund, ...from }] : rest })
  const before = look(replica, me.id)
  replica.changes([{ put: { entity: 'request', ...refund, ...to } }])
  return news(before, look(replica, me.id, before), replica, me.id)
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

test('who asked and who has it are told once that nothing holds it up any more', () => {
  const free = (at: number | null): Partial<Request> => ({ owner: sam.id, state: 'accepted', care: { ...noCare, unblocked_at: at } })
  for (const one of [sam, ana]) {
    expect(told(one, free(null), free(5)).told).toEqual([{ kind: 'unblocked', request: refund.id }])
    expect(told(one, free(5), free(5)).told).toEqual([])
    expect(told(one, free(5), free(null)).told).toEqual([])
  }
  expect(told(ben, free(null), free(5)).told).toEqual([])
})

test('who answers for an unwatched desk is told once, until somebody is there, and not while they are left in peace', () => {
  const replica = new Replica()
  const people = (quiet: boolean) => entities.map((entity): Entity => (entity.entity === 'person' && entity.id === sam.id ? { ...entity, quiet_now: quiet } : entity))
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities: people(false) })
  let seen = look(replica, sam.id)
  const after = (items: Entity[]) => {
    replica.changes(items.map((put) => ({ put })))
    const now = look(replica, sam.id, seen)
    const { told, over } = news(seen, now, replica, sam.id)
    seen = now
    return [...told.map(({ kind }) => kind).filter((kind) => kind === 'unwatched'), ...over]
  }
  const desk = (tells: PersonId[] | null): Entity => ({ entity: 'desk', ...phones, unwatched: tells && { tells } })
  expect(after([desk([sid.id])])).toEqual([])
  expect(after([desk([sid.id, sam.id])])).toEqual(['unwatched'])
  expect(after([desk([sid.id, sam.id])])).toEqual([])
  expect(after([desk(null)])).toEqual([phones.id])
  expect(after([...people(true), desk([sam.id])])).toEqual([])
  expect(after(people(false).filter(({ entity }) => entity === 'person'))).toEqual(['unwatched'])
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

const only = (...people: { id: typeof sam.id }[]): Helpers => ({ kind: 'these', people: people.map(({ id }) => id) })
const alarm = (rings: Helpers, cards: Helpers, step: Alarm['step'] = 'members'): Partial<Request> => ({
  ...open, care: { ...noCare, alarm: { step, since: 0, begins_at: 0, rings, cards, call_now: [], next_at: 0 } },
})

test('the alarm says who is rung, who has a silent card, and who is left alone', () => {
  const now = alarm(only(sam), only(ben))
  expect(told(sam, undefined, now).told).toEqual([{ kind: 'live', request: refund.id, sound: true }])
  expect(told(ben, undefined, now).told).toEqual([{ kind: 'live', request: refund.id, sound: false }])
  expect(told(eve, undefined, now).told).toEqual([])
  expect(told(eve, undefined, alarm({ kind: 'everyone' }, only())).told).toMatchObject([{ sound: true }])
  const closed = alarm(only(), { kind: 'everyone' }, 'closed')
  expect(told(ben, undefined, closed).told).toEqual([{ kind: 'live', request: refund.id, sound: false }])
  expect(told(ben, undefined, closed, 'on_call').told).toEqual([])
  expect(told(ben, undefined, { ...closed, urgency: 'today' }).told).toEqual([])
})

test('each step of the alarm tells those it adds, and a card that becomes a ring is heard', () => {
  const [first, second] = [alarm(only(sam), only(), 'duty'), alarm(only(sam), only(ben))]
  expect(told(sam, first, second).told).toEqual([])
  expect(told(ben, first, second).told).toMatchObject([{ kind: 'live', sound: false }])
  expect(told(ben, second, alarm(only(sam, ben), only(), 'leads')).told).toMatchObject([{ kind: 'live', sound: true }])
  expect(told(ben, second, alarm(only(sam), only(), 'leads'))).toEqual({ told: [], over: [refund.id] })
  const today = { urgency: 'today' } as const
  expect(told(ben, { ...second, ...today }, { ...alarm(only(ben), only()), ...today }).told).toEqual([])
})

test('who is called by name is told also at a desk they do not help at', () => {
  expect(told(eve, undefined, { ...alarm(only(eve), only(), 'leads'), desk: billing.id }).told).toMatchObject([{ kind: 'live', sound: true }])
})

test('what is critical sounds whatever its urgency', () => {
  const critical: Partial<Request> = { ...open, urgency: 'whenever', care: { ...noCare, critical: { by: sam.id, reason: 'outage', at: 0, review: null } } }
  expect(told(ben, undefined, critical).told).toEqual([{ kind: 'live', request: refund.id, sound: true }])
})

test('an answer reaches who joined; a question back is the asker\'s alone', () => {
  const joined = { care: { ...noCare, joined: [ben.id] } }
  expect(told(ben, { state: 'accepted', ...joined }, { state: 'answered', answered_at: 5, ...joined }).told).toMatchObject([{ kind: 'answer', back: false }])
  expect(told(ben, { state: 'accepted', ...joined }, { state: 'waiting_asker', ...joined }).told).toEqual([])
})

test('the wish for a clip reaches the asker as that, each time it is said, and is over with the clip', () => {
  const wanted = { state: 'waiting_asker', clip_wanted_by: sam.id } as const
  expect(told(ana, { state: 'accepted' }, wanted)).toEqual({ told: [{ kind: 'clip', request: refund.id, by: sam.id }], over: [] })
  expect(told(ana, wanted, { ...wanted, touched_at: 9 }).told).toEqual([])
  expect(told(ana, { ...wanted, state: 'accepted' }, wanted).told).toMatchObject([{ kind: 'clip' }])
  expect(told(ana, wanted, { state: 'accepted' })).toEqual({ told: [], over: [refund.id] })
  expect(told(ben, { state: 'accepted' }, wanted).told).toEqual([])
})

test('a call rings whom it calls, aloud or silently, until it is over', () => {
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })
  const call = ringing(sam)
  const put = (change: Partial<typeof call>) => {
    const before = look(replica, sam.id)
    replica.changes([{ put: { entity: 'call', ...call, ...change } }])
    const now = look(replica, sam.id)
    return { ...news(before, now, replica, sam.id), heard: [...now.rings.values()] }
  }
  expect(put({})).toEqual({ told: [{ kind: 'rings', call: call.id }], over: [], heard: [true] })
  expect(put({ silent: true })).toEqual({ told: [], over: [], heard: [false] })
  for (const over of [{ state: 'accepted' }, { state: 'declined' }, { state: 'missed' }, { callee: sid.id }] as const) {
    put({})
    expect(put(over)).toEqual({ told: [], over: [call.id], heard: [] })
  }
  expect(look(replica, sid.id).rings.size).toBe(1)
})

const NOW = 5_000_000_000_000
const words = (tells: Helpers, by = ana, more: Partial<Message> = {}): Entity => ({
  entity: 'message', id: `message ${by.id} ${more.at ?? NOW}` as MessageId, request: refund.id, author: by.id, kind: { kind: 'said' }, text: '@Sam', attachments: [], clip: null, moment: null,
  mentions: { whom: [], reason: '', tells, told: 1 }, at: NOW, deleted: false, ...more,
})

/** What Sam is told as these rows come, one after the other. */
function heard(...rows: Entity[]) {
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })
  let before = look(replica, sam.id)
  return rows.map((put) => {
    replica.changes([{ put }])
    const now = look(replica, sam.id, before)
    const { told } = news(before, now, replica, sam.id)
    before = now
    return told.filter(({ kind }) => kind === 'mention').length
  })
}
const away = (quiet_now: boolean): Entity => ({ entity: 'person', ...sam, quiet_now })

test('words tell whom the message says, once, and never their writer', () => {
  expect(heard(words(only(sam)), words(only(sam)))).toEqual([1, 0])
  expect(heard(words({ kind: 'everyone' }))).toEqual([1])
  expect(heard(words(only(ben)), words({ kind: 'everyone' }, sam), words(only(sam), ana, { deleted: true }))).toEqual([0, 0, 0])
})

test('in quiet hours they wait until these are over, and are gone with the words', () => {
  expect(heard(away(true), words(only(sam)), away(false))).toEqual([0, 0, 1])
  expect(heard(away(true), words(only(sam)), words(only(sam), ana, { deleted: true }), away(false))).toEqual([0, 0, 0, 0])
})

/** What the server says that somebody owes. */
const owing = (...reminders: { person: typeof sam.id; of: Owed }[]): Partial<Request> => ({ owner: ben.id, state: 'accepted', care: { ...noCare, reminders } })

test('whoever owes something is told what the server reminds of, once; a late call is heard and its note stays', () => {
  const owes = (of: Owed) => owing({ person: sam.id, of })
  const heard = (of: Owed, status: Status = 'available') => told(sam, owing(), owes(of), status).told
  expect(heard('callback')).toEqual([{ kind: 'owed', request: refund.id, of: 'callback', stays: true, sound: true }])
  expect(heard('callback', 'on_call')).toMatchObject([{ stays: true, sound: false }])
  expect(heard('callback', 'off')).toEqual([])
  expect(heard('late_follow_up')).toMatchObject([{ stays: true, sound: true }])
  expect(heard('follow_up')).toMatchObject([{ stays: false, sound: false }])
  expect(heard('update')).toMatchObject([{ stays: false, sound: false }])
  expect(told(sam, owes('callback'), owing({ person: sam.id, of: 'callback' }, { person: ben.id, of: 'callback' })).told).toEqual([])
  expect(told(ben, owing(), owes('callback')).told).toEqual([])
  // What was given and becomes late is told again, as that.
  expect(told(sam, owes('follow_up'), owes('late_follow_up')).told).toMatchObject([{ of: 'late_follow_up' }])
})

test('the note goes when it was done', () => {
  expect(told(sam, owing({ person: sam.id, of: 'callback' }), owing())).toEqual({ told: [], over: [`${refund.id} callback`] })
})

test('in quiet hours a reminder waits until they are over', () => {
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })
  let before = look(replica, sam.id)
  const after = (...changes: Entity[]) => {
    replica.changes(changes.map((put) => ({ put })))
    const now = look(replica, sam.id, before)
    const { told } = news(before, now, replica, sam.id)
    before = now
    return told.filter(({ kind }) => kind === 'owed')
  }
  const quiet = (quiet_now: boolean): Entity => ({ entity: 'person', ...sam, status: 'available', quiet_now })
  const late: Entity = { entity: 'request', ...refund, ...owing({ person: sam.id, of: 'callback' }) }
  expect(after(quiet(true), late)).toEqual([])
  expect(after(quiet(false))).toMatchObject([{ of: 'callback' }])
  expect(after(late)).toEqual([])
})

test('of thousands only those are reckoned again that changed, whose desk did, or all when one changes oneself', () => {
  const replica = new Replica()
  const rest = entities.filter((entity) => entity.entity !== 'request')
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: ben.id, now: 0, entities: [...rest, { entity: 'request', ...refund, ...open }] })
  const unclaimed = () => look(replica, ben.id).unclaimed.size
  expect(unclaimed()).toBe(1)
  // The row stays as it is; what it means hangs on its desk and on who asks.
  replica.changes([{ put: { entity: 'desk', ...phones, owner: sam.id, helpers: { kind: 'these', people: [sam.id] } } }])
  expect(unclaimed()).toBe(0)
  expect(look(replica, sam.id).unclaimed.size).toBe(1)
  replica.changes([{ put: { entity: 'desk', ...phones } }])
  expect(unclaimed()).toBe(1)
  replica.changes([{ put: { entity: 'request', ...refund, owner: sam.id, state: 'accepted' } }])
  expect(unclaimed()).toBe(0)
})
