/**
 * The organisation *Numbra* on a Tuesday afternoon: the same people, desks and questions that the scenarios use.
 * Every time is relative to one fixed moment, so that a picture of a screen is the same tomorrow.
 */

import { newDesk, noCare } from './care'
import type {
  Attachment, AttachmentId, Call, CallId, Clip, ClipId, Desk, DeskId, Entity, Event, Here, Invite, InviteId, Message, MessageId, MessageKind, Org, Person,
  PersonId, Request, RequestId, Role, Status, Urgency,
} from '../../protocol/wire'

/** Tuesday 24 November 2026, 14:23 in Berlin. */
export const NOW = Date.UTC(2026, 10, 24, 13, 23, 0)
const MIN = 60_000
const HOUR = 60 * MIN
const DAY = 24 * HOUR

let counter = 0
export function uuid<T extends string>(seed?: string): T {
  let hash = 2166136261
  const text = seed ?? `n${(counter += 1)}`
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0
  const part = hash.toString(16).padStart(8, '0')
  return `0193a000-${part.slice(0, 4)}-7${part.slice(4, 7)}-8${part.slice(1, 4)}-${part}${part.slice(0, 4)}` as T
}

const TOPICS: Record<string, string[]> = { sam: ['porting', 'tariffs'], sid: ['refunds', 'instalments'], ben: ['routers'], kit: ['articles'], ada: ['rights', 'new machines'] }
const person = (key: string, name: string, role: Role, status: Status, phone: string, active = true): Person => ({
  id: uuid<PersonId>(`person ${key}`), name, email: `${key}@numbra.example`, role, active, status, status_at: NOW - 40 * MIN, quiet: null, quiet_now: false, phone,
  call_link: key === 'sam' ? 'https://zoom.us/j/92041' : '', status_until: null, status_unconfirmed: false, busy_until: null, calendar: 'none', asked_solved_at: null,
  profile: { team: key === 'ada' ? '' : 'Phones', title: '', languages: [], topics: TOPICS[key] ?? [], site: '', zone: '', hours: [], reach_me_by: '' },
})

export const ana = person('ana', 'Ana Lindqvist', 'agent', 'on_call', '2041')
export const sam = person('sam', 'Sam Okafor', 'lead', 'available', '2010')
export const sid = person('sid', 'Sid Moreau', 'lead', 'available', '2011')
export const ben = person('ben', 'Ben Achterberg', 'agent', 'available', '2042')
export const chi = person('chi', 'Chi Nakamura', 'agent', 'on_call', '2043')
export const dov = person('dov', 'Dov Peretz', 'agent', 'away', '2044')
export const eve = person('eve', 'Eve Castellano', 'agent', 'available', '2045')
export const fay = person('fay', 'Fay Whitcombe', 'agent', 'off', '2046')
export const kit = person('kit', 'Kit Sørensen', 'agent', 'available', '2050')
export const ada = person('ada', 'Ada Brandt', 'admin', 'available', '2001')
export const alf = person('alf', 'Alf Henriksen', 'admin', 'away', '2002')
export const gus = person('gus', 'Gus Tanner', 'agent', 'off', '', false)
export const eli = person('eli', 'Eli Vance', 'agent', 'available', '2060')
const people = [ana, sam, sid, ben, chi, dov, eve, fay, kit, ada, alf, eli, gus]

const weekdays = [1, 2, 3, 4, 5].flatMap((weekday) => [{ weekday, from: 480, to: 720 }, { weekday, from: 780, to: 1020 }])
const desk = (key: string, name: string, purpose: string, owner: Person, rest: Partial<Desk> = {}): Desk => ({
  id: uuid<DeskId>(`desk ${key}`), name, purpose, owner: owner.id, helpers: { kind: 'everyone' }, audience: 'open', hours: weekdays, zone: '', provider: null,
  review_before_upload: false, system_sound: null, closed: false, ...newDesk, ...rest,
})
const duty = (one: Person, weekdays: number[], from: number, to: number) => weekdays.map((weekday) => ({ weekday, from: from * 60, to: to * 60, person: one.id }))
export const phones = desk('phones', 'Phones help', 'Anything that comes up on the phone: tariffs, porting, devices', sam, {
  rota: [...duty(sam, [1, 2, 4, 5], 8, 12), ...duty(sid, [1, 2, 3, 4, 5], 13, 17), ...duty(ben, [2, 3], 9, 12), ...duty(kit, [3], 13, 17)],
  gaps: [{ from: Date.UTC(2026, 10, 25, 7), to: Date.UTC(2026, 10, 25, 8) }],
  service: {
    ...newDesk.service, deputy: { kind: 'person', person: sid.id }, wip_limit: 3,
    special_days: [
      { date: { year: 2026, month: 12, day: 24 }, name: 'Christmas Eve', open: [{ from: 480, to: 720 }] },
      { date: { year: 2026, month: 12, day: 25 }, name: 'Christmas Day', open: [] },
    ],
  },
})
export const billing = desk('billing', 'Billing', 'Invoices, refunds, instalments', sid, { helpers: { kind: 'these', people: [sid.id, kit.id, sam.id] },
  service: { ...newDesk.service, hints: ['What the customer reads on the invoice', 'What you have promised already'], fields: ['Invoice number', 'Month'] } })
export const tools = desk('tools', 'Tools and access', 'Broken tools, missing rights, new machines', ada, { review_before_upload: true })

/** Why clips for Engineering may hold what the computer plays. */
export const systemSound = { reason: 'Dropouts on the new line can only be heard, not seen', by: ada.id, since: Date.UTC(2026, 10, 9, 9, 30) }
export const engineering = desk('engineering', 'Engineering', 'Faults in our own systems', eli, {
  audience: 'vetted', helpers: { kind: 'these', people: [eli.id] }, service: { ...newDesk.service, vetters: [sam.id, sid.id] }, system_sound: systemSound,
  history: [{ at: systemSound.since, by: ada.id, field: 'system_sound', reason: systemSound.reason }],
})

const org: Org = {
  name: 'Numbra', zone: 'Europe/Berlin', provider: { kind: 'jitsi', host: 'meet.numbra.example', app_id: 'deskside' },
  ticket_patterns: [{ label: 'ZD', address: 'https://*.zendesk.com/agent/tickets/{id}', title: '*Ticket #{id}*' }],
  deny_windows: ['PayScreen', '1Password'], exempt_numbers: [{ prefix: '4600', digits: 16 }], keep_media_days: 90, browser_clips: true, mask_contacts: false,
}

/** What a message says that names nobody. */
export const NO_MENTIONS: Message['mentions'] = { whom: [], reason: '', tells: { kind: 'these', people: [] }, told: 0 }

const entities: Entity[] = []
entities.push({ entity: 'org', ...org })
for (const one of people) entities.push({ entity: 'person', ...one })
for (const one of [phones, billing, tools, engineering]) entities.push({ entity: 'desk', ...one })

interface Ask { key: string; by: Person; text: string; ago: number; urgency?: Urgency; at?: Desk; ticket?: string; rest?: Partial<Request> }

function ask({ key, by, text, ago, urgency = 'today', at = phones, ticket, rest = {} }: Ask): Request {
  const request: Request = {
    id: uuid<RequestId>(`request ${key}`), desk: at.id, asker: by.id, owner: null, text, urgency,
    ticket: ticket ? { label: `ZD ${ticket}`, url: `https://numbra.zendesk.com/agent/tickets/${ticket}` } : null,
    private_with: null, state: 'open', asked_at: NOW - ago, first_response_at: null, answered_at: null, solved_at: null, touched_at: NOW - ago,
    clip_wanted_by: null, thanked: false, archived: false, care: noCare, ...rest,
  }
  entities.push({ entity: 'request', ...request })
  return request
}

function say(request: Request, by: Person | null, ago: number, kind: MessageKind['kind'] | Event, words = '', rest: Partial<Message> = {}): Message {
  const message: Message = {
    id: uuid<MessageId>(), request: request.id, author: by?.id ?? null, kind: typeof kind === 'string' ? ({ kind } as MessageKind) : { kind: 'event', event: kind },
    text: words, attachments: [], clip: null, moment: null, mentions: NO_MENTIONS, at: NOW - ago, deleted: false, ...rest,
  }
  entities.push({ entity: 'message', ...message })
  return message
}

function picture(request: Request, by: Person, key: string, name: string, ago: number, width = 1280, height = 720): AttachmentId {
  const attachment: Attachment = {
    id: uuid<AttachmentId>(`picture ${key}`), request: request.id, owner: by.id, name, mime: 'image/png', size: 148_000, width, height, state: 'stored', at: NOW - ago,
  }
  entities.push({ entity: 'attachment', ...attachment })
  return attachment.id
}

function clip(request: Request | null, by: Person, key: string, ago: number, rest: Partial<Clip> = {}): ClipId {
  const made: Clip = {
    id: uuid<ClipId>(`clip ${key}`), recorder: by.id, request: request?.id ?? null, state: 'finished', width: 1280, height: 720, sound: false, started_at: NOW - ago,
    duration_ms: 14_000, bytes: 300_000, watchers: [], note: null, poster: true, version: 1, cutting: [], reviewed: false, system_sound: false, sprite: { every_ms: 1000, tiles: 14, columns: 10 },
    codec: 'vp9', conversion: 'unasked', ...rest,
  }
  entities.push({ entity: 'clip', ...made })
  return made.id
}

// With Sam: the refund question, with a picture, a clip and a comment on one moment of it.
export const refund = ask({
  key: 'refund', by: ana, text: 'Refund after port-out, allowed?', ago: 7 * MIN, urgency: 'live', ticket: '4711',
  rest: {
    owner: sam.id, state: 'accepted', first_response_at: NOW - 6 * MIN, touched_at: NOW - 2 * MIN,
    care: { ...noCare, plan: 'Check the porting date, then the refund button', next_update_by: NOW + 4 * MIN, solve_by: NOW + 3 * HOUR, worked: 6 * MIN, counted_at: NOW - MIN, joined: [chi.id] },
  },
})
const shot = picture(refund, ana, 'refund', 'ticket 4711.png', 7 * MIN)
say(refund, ana, 7 * MIN, 'asked', 'Refund after port-out, allowed? Customer ported on the 14th and was billed the full month. The refund button is grey for me.', { attachments: [shot] })
say(refund, sam, 6 * MIN, { what: 'taken' })
say(refund, sam, 5.6 * MIN, 'asked_back', 'Grey because of the porting date, I think. Can you show me how you get there?')
say(refund, sam, 5.5 * MIN, { what: 'clip_wanted' })
export const refundClip = clip(refund, ana, 'refund', 4 * MIN)
say(refund, ana, 3.4 * MIN, 'said', 'Here it is, from the ticket to the grey button.', { clip: refundClip })
say(refund, sam, 2 * MIN, 'said', 'Here: the porting date is empty. Set it to the 14th first, then the button wakes up.', { moment: { clip: refundClip, version: 1, at_ms: 6200 } })
say(refund, ana, 1.8 * MIN, 'said', 'Trying it now, she is still on the line.')

// Customer waiting, nobody has it.
const esim = ask({ key: 'esim', by: chi, text: 'eSIM QR code expired while the customer was scanning, can I issue a second one?', ago: 42_000, urgency: 'live', ticket: '4723' })
const esimShot = picture(esim, chi, 'esim', 'error.png', 42_000)
say(esim, chi, 42_000, 'asked', esim.text, { attachments: [esimShot] })
const roaming = ask({ key: 'roaming', by: eve, text: 'Customer stranded in Oslo, roaming lock says 50 € but the cap was raised yesterday', ago: 3.2 * MIN, urgency: 'live', ticket: '4719' })
say(roaming, eve, 3.2 * MIN, 'asked', roaming.text)

// Waiting.
export const ivr = ask({ key: 'ivr', by: ben, text: 'IVR code 17 again: which department is that now?', ago: 12 * MIN })
say(ivr, ben, 12 * MIN, 'asked', ivr.text)
const router = ask({ key: 'router', by: dov, text: 'Router swap without return label, which form?', ago: 31 * MIN, ticket: '4698' })
const routerClip = clip(router, dov, 'router', 33 * MIN)
say(router, dov, 31 * MIN, 'asked', router.text, { clip: routerClip })
const dunning = ask({ key: 'dunning', by: fay, text: 'Dunning letter went out although the instalment plan was signed', ago: 55 * MIN, at: billing, ticket: '4688', rest: { care: { ...noCare, details: [{ name: 'Invoice number', value: 'R-20411', used: true }, { name: 'Month', value: 'October', used: false }] } } })
say(dunning, fay, 55 * MIN, 'asked', dunning.text)
const vpn = ask({ key: 'vpn', by: kit, text: 'VPN drops every time I open the article editor', ago: 3.1 * HOUR, urgency: 'whenever', at: tools })
say(vpn, kit, 3.1 * HOUR, 'asked', vpn.text)

export const alsoIvr = ask({ key: 'ivr again', by: eve, text: 'IVR code 17, is that still the tariff team?', ago: 5 * MIN })
say(alsoIvr, eve, 5 * MIN, 'asked', alsoIvr.text)
// At a vetted desk, with its vetters first.
export const numbers = ask({ key: 'numbers', by: chi, text: 'Number pool answers with an error for every second number', ago: 14 * MIN, at: engineering, ticket: '4725', rest: { care: { ...noCare, to_vet: true } } })
say(numbers, chi, 14 * MIN, 'asked', 'Number pool answers with an error for every second number. Three customers since noon.')

// With me (Sam).
export const tariff = ask({ key: 'tariff', by: eve, text: 'Old Family L tariff: does the 5 € loyalty discount survive a move to Family M?', ago: 48 * MIN, rest: { owner: sam.id, state: 'accepted', first_response_at: NOW - 40 * MIN, touched_at: NOW - 21 * MIN, care: { ...noCare, callback: { at: NOW + 37 * MIN, by: sam.id, paged: [], next_at: NOW + 37 * MIN }, next_update_by: NOW + 37 * MIN, worked: 48 * MIN, counted_at: NOW } } })
say(tariff, eve, 48 * MIN, 'asked', tariff.text)
say(tariff, sam, 40 * MIN, { what: 'taken' })
say(tariff, sam, 40 * MIN, 'said', 'Checking with the tariff team, back before 15:00.')
const number = ask({ key: 'number', by: ben, text: 'Number change for a deceased relative: which documents?', ago: 2.2 * HOUR, rest: { owner: sam.id, state: 'waiting_asker', first_response_at: NOW - 2 * HOUR, touched_at: NOW - 1.9 * HOUR } })
say(number, ben, 2.2 * HOUR, 'asked', number.text)
/** A question back to its asker, as it comes to their overlay. */
export const backMessage = say(number, sam, 1.9 * HOUR, 'asked_back', 'Is the caller the heir or someone acting for them?')
const router2 = ask({ key: 'mesh', by: chi, text: 'Mesh set from the autumn offer: two or three points?', ago: 4 * HOUR, rest: { owner: sam.id, state: 'answered', first_response_at: NOW - 3.8 * HOUR, answered_at: NOW - 3.5 * HOUR, touched_at: NOW - 3.5 * HOUR } })
say(router2, chi, 4 * HOUR, 'asked', router2.text)
const answered = say(router2, sam, 3.5 * HOUR, 'answered', 'Two. The third is an add-on for 4 € a month; it is on page 2 of the offer sheet.')

// Mine (asked by Sam).
export const rights = ask({ key: 'rights', by: sam, text: 'Ben needs the refund right up to 50 €, who grants that since the change?', ago: 1.4 * HOUR, at: tools, rest: { owner: ada.id, state: 'answered', first_response_at: NOW - HOUR, answered_at: NOW - 50 * MIN, touched_at: NOW - 50 * MIN, care: { ...noCare, asks_solved: true, worked: 30 * MIN, counted_at: NOW - 50 * MIN } } })
say(rights, sam, 1.4 * HOUR, 'asked', rights.text)
say(rights, ada, HOUR, { what: 'taken' })
say(rights, ada, 50 * MIN, 'answered', 'I do, and it is done: Ben can refund up to 50 € from now on. He has to sign out and in once.')
const privateOne = ask({ key: 'private', by: sam, text: 'Can we talk about the shift plan before Thursday?', ago: 5 * HOUR, urgency: 'whenever', rest: { private_with: [sid.id], owner: sid.id, state: 'accepted', touched_at: NOW - 4.5 * HOUR } })
say(privateOne, sam, 5 * HOUR, 'asked', privateOne.text)

// With others.
export const porting = ask({ key: 'porting', by: fay, text: 'Porting to a business contract: does the number keep its old provider flag?', ago: 1.1 * HOUR, at: billing, rest: { owner: sid.id, state: 'accepted', first_response_at: NOW - HOUR, touched_at: NOW - HOUR, care: { ...noCare, next_update_by: NOW + 20 * MIN, worked: 50 * MIN, counted_at: NOW, hand_over: { from: sid.id, desk: phones.id, person: null, at: NOW - 5 * MIN }, card: { by: sid.id, at: NOW - 5 * MIN, summary: 'Porting to a business contract', tried: 'Asked the porting desk, no rule found', impact: 'The customer signs today', needed: 'Somebody who ported to business before' } } } })
say(porting, fay, 1.1 * HOUR, 'asked', porting.text)

// Solved.
const solved: [string, Person, string, number, Person][] = [
  ['sim', ben, 'PUK asked three times, then SIM locked: swap or reset?', 26 * HOUR, sam],
  ['invoice', eve, 'Invoice shows the old address, customer moved in June', 28 * HOUR, sid],
  ['delay', chi, 'Delivery late, can I give the 10 € voucher twice?', 2 * DAY, sam],
  ['fraud', ana, 'Caller knows the password but not the birthday', 3 * DAY, sam],
  ['access', dov, 'Screen reader skips the tariff table', 4 * DAY, ada],
]
export let fraud: Request = refund
for (const [key, by, words, ago, helper] of solved) {
  const care = key === 'fraud' ? { ...noCare, critical: { by: ana.id, reason: 'The same caller tried four accounts', at: NOW - ago, review: null } } : key === 'sim' ? { ...noCare, next_time: 'Sheet "SIM and PUK", page 1' } : noCare
  const one = ask({ key, by, text: words, ago, rest: { care, owner: helper.id, state: 'solved', answered_at: NOW - ago + 20 * MIN, solved_at: NOW - ago + 30 * MIN, touched_at: NOW - ago + 30 * MIN, first_response_at: NOW - ago + 5 * MIN } })
  say(one, by, ago, 'asked', words)
  say(one, helper, ago - 20 * MIN, 'answered', key === 'sim' ? 'Swap. A reset only helps before the third PUK.' : 'Yes, see the note in the ticket.')
  say(one, by, ago - 30 * MIN, { what: 'solved' })
  if (key === 'fraud') fraud = one
}

/** Solved nine days ago, so it stays closed. */
export const old = ask({ key: 'old', by: ana, text: 'Refund button stays grey after a port-out', ago: 9.1 * DAY, ticket: '4102', rest: { owner: sam.id, state: 'solved', answered_at: NOW - 9.05 * DAY, solved_at: NOW - 9 * DAY, touched_at: NOW - 9 * DAY, first_response_at: NOW - 9.05 * DAY } })
say(old, ana, 9.1 * DAY, 'asked', old.text)
say(old, sam, 9.05 * DAY, 'answered', 'Set the porting date first, then it wakes up.')
say(old, ana, 9 * DAY, { what: 'solved' })

const invites: Invite[] = [
  { id: uuid<InviteId>('invite team'), secret_hash: 'a', role: 'agent', label: '', uses_left: 14, expires_at: NOW + 9 * DAY, made_by: ada.id, revoked: false },
  { id: uuid<InviteId>('invite one'), secret_hash: 'b', role: 'lead', label: 'Noa, from January', uses_left: 1, expires_at: NOW + 3 * DAY, made_by: ada.id, revoked: false },
]
for (const one of invites) entities.push({ entity: 'invite', ...one })

/** A call that rings the person at the screen, for the screens that show it. */
export const ringing = (callee: Person): Call => ({
  id: uuid<CallId>('call ringing'), request: refund.id, caller: callee.id === sam.id ? ana.id : sam.id, callee: callee.id, then: [sid.id], before: [], state: 'ringing',
  silent: callee.status === 'on_call' || entities.some((one) => one.entity === 'request' && one.asker === callee.id && one.urgency === 'live'),
  wants_callback: false, room: 'k3v9q7', joined: [], outcome: '', rang_at: NOW - 8_000, accepted_at: null, joined_at: null, ended_at: null, still_asked_at: null,
})

/** Requests that do not move, each for another reason. */
export const still: Entity[] = [
  { entity: 'request', ...number, asked_at: NOW - 5 * DAY, touched_at: NOW - 5 * DAY, care: { ...noCare, stalled: { why: 'waits_too_long', since: NOW - 2 * DAY }, silence_at: NOW + HOUR } },
  { entity: 'request', ...tariff, asked_at: NOW - 3 * DAY, touched_at: NOW - 3 * DAY, care: { ...noCare, worked: 22 * HOUR, counted_at: NOW, next_update_by: NOW + HOUR } },
  { entity: 'request', ...dunning, asked_at: NOW - 2 * HOUR, care: { ...dunning.care, waited: 100 * MIN, counted_at: NOW } },
  { entity: 'request', ...porting, asked_at: NOW - 9 * DAY, touched_at: NOW - 9 * DAY, state: 'waiting_other', care: { ...noCare, waiting_for: 'the porting desk', next_update_by: NOW + 20 * DAY } },
]

/** Desks as they are after a year: what changed about them, and one that only its people see. */
const changed = (days: number, by: Person, ...fields: string[]) => fields.map((field) => ({ at: NOW - days * 24 * 60 * MIN, by: by.id, field, reason: '' }))
export const grown: Desk[] = [
  {
    ...phones, history: [...changed(210, ada, 'opened'), ...changed(40, sam, 'hours'), ...changed(3, sam, 'hints', 'special_days')],
    service: { ...phones.service, hints: ['The tariff as it stands in the customer\'s contract', 'The error as it is shown, word for word'], guidelines: 'Ask here first, also when you are not sure where it belongs.', escalation: engineering.id },
  },
  { ...billing, history: [...changed(180, sid, 'opened'), ...changed(3, sid, 'deputy')], service: { ...billing.service, deputy: { kind: 'person', person: kit.id } } },
  { ...tools, zone: 'Europe/London', history: changed(90, ada, 'opened') },
  { ...engineering, history: [...changed(120, eli, 'opened'), ...changed(12, eli, 'vetters')] },
  desk('payroll', 'Payroll', 'Pay slips, hours, absences', ada, { audience: 'private', helpers: { kind: 'these', people: [sam.id] }, history: changed(3, ada, 'opened') }),
]

export const here: Here[] = [sam, ana, ben, chi, eve, sid, ada].map(({ id }) => ({ person: id, connected: true, idle: id === ben.id }))

/** Pictures by attachment; anything else shows the first. */
export const pictureOf: Record<string, 'ticket' | 'error'> = { [shot]: 'ticket', [esimShot]: 'error' }

/** An answer to Chi, as it comes to their overlay. */
export const answerMessage = answered.id

export { entities, people }
