/**
 * What a person is told of, and how loudly (pure). The server's alarm says who is called: whom it rings hears a waiting
 * customer and keeps a card until somebody takes it; who has a card sees it silently. Today: a banner, unless one is on a
 * call. Whenever: the badge alone. What is critical is told like a waiting customer. Answers reach their asker, and
 * whoever joined, silently; the wish for a clip reaches the asker. A call rings until it is over, unless it rings silently.
 * A desk that is closed shows a waiting customer to whoever of its people is available (docs/decisions/0011).
 * What somebody owes is told to whom the request's reminders name: who that is, the server alone decides, for browsers and
 * for the app (`crates/app/src/notices.rs`). A call that is late is heard, and its note stays until it was made.
 * Of a desk at which nobody is, whom the desk names is told, once, silently and until somebody is there.
 * Whom words tell stands on their message; silently, and after quiet hours.
 * Nobody is told of their own act. In one's quiet hours nothing is told while somebody else watches the desk; the moment
 * nobody does, a waiting customer is.
 */

import type { CallId, Desk, DeskId, Helpers, MessageId, Owed, Person, PersonId, Request, RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { helpsAt } from '../inbox/groups'

export type Told =
  | { kind: 'live'; request: RequestId; sound: boolean }
  | { kind: 'banner'; request: RequestId }
  | { kind: 'answer'; request: RequestId; by: PersonId | null; back: boolean }
  | { kind: 'clip'; request: RequestId; by: PersonId }
  /** Words there tell this person, whom the message names. */
  | { kind: 'mention'; request: RequestId; message: MessageId }
  | { kind: 'rings'; call: CallId }
  /** This person owes somebody something. */
  | { kind: 'owed'; request: RequestId; of: Owed; stays: boolean; sound: boolean }
  /** Nobody on duty is at a desk that this person answers for. */
  | { kind: 'unwatched'; desk: DeskId }
  /** What a request of this person's waited for is over. */
  | { kind: 'unblocked'; request: RequestId }

/** What a note is about: a request, a call or a desk, or one thing that is owed there. */
export type NoteId = RequestId | CallId | DeskId | `${RequestId} ${Owed}`

/** What is known of a request between two looks. */
export interface Seen {
  /** What waits for this person's desks: the count in the title. */
  unclaimed: ReadonlySet<RequestId>
  /** How this person is called about them now. */
  calls: ReadonlyMap<RequestId, Call>
  /** Those of them that quiet hours hold back. */
  held: ReadonlySet<RequestId>
  turns: ReadonlyMap<RequestId, string>
  /** Who would like a clip of this person's requests. */
  clips: ReadonlyMap<RequestId, PersonId>
  /** Words that tell this person and that they have neither answered nor read; in quiet hours, and while they are off, it waits. */
  named: ReadonlyMap<RequestId, MessageId>
  /** The calls that ring this person, and whether they may be heard. */
  rings: ReadonlyMap<CallId, boolean>
  /** What this person owes, as the server says. */
  owed: ReadonlyMap<NoteId, { request: RequestId; of: Owed }>
  /** What of it they were told; in quiet hours, and while they are off, it waits. */
  reminded: ReadonlySet<NoteId>
  /** The unwatched desks of which they were told; that waits in the same way. */
  warned: ReadonlySet<DeskId>
  /** Requests that one has or asked and that nothing holds up any more, and since when. */
  unblocked: ReadonlyMap<RequestId, number>
}

/** A ring is heard, a card is only seen. */
type Call = 'ring' | 'card'

/** `before`: what was seen last. Without it all that is there counts as told. */
export function look(replica: Replica, me: PersonId, before?: Seen): Seen {
  const unclaimed = new Set<RequestId>()
  const calls = new Map<RequestId, Call>()
  const held = new Set<RequestId>()
  const turns = new Map<RequestId, string>()
  const clips = new Map<RequestId, PersonId>()
  const rings = new Map<CallId, boolean>()
  for (const call of replica.calls.values()) if (call.callee === me && call.state === 'ringing') rings.set(call.id, !call.silent)
  const owed = new Map<NoteId, { request: RequestId; of: Owed }>()
  const unblocked = new Map<RequestId, number>()
  for (const request of replica.requests.values()) {
    const { isForMe, call, owes, turn, clip, unblockedAt } = meaningOf(request, replica, me)
    if (unblockedAt !== undefined) unblocked.set(request.id, unblockedAt)
    if (isForMe) unclaimed.add(request.id)
    if (call) {
      calls.set(request.id, call)
      if (isHeld(request, replica, me)) held.add(request.id)
    }
    for (const of of owes) owed.set(noteOf(request.id, of), { request: request.id, of })
    if (clip) clips.set(request.id, clip)
    else if (turn) turns.set(request.id, turn)
  }
  const myself = replica.people.get(me)
  const waits = before !== undefined && (myself?.quiet_now === true || myself?.status === 'off')
  const reminded = new Set([...owed.keys()].filter((id) => !waits || before?.reminded.has(id)))
  const unwatched = [...replica.desks.values()].filter((desk) => desk.unwatched?.tells.includes(me)).map(({ id }) => id)
  const warned = new Set(unwatched.filter((id) => !waits || before?.warned.has(id)))
  const named = waits ? (before?.named ?? new Map<RequestId, MessageId>()) : new Map(replica.named)
  return { unclaimed, calls, held, turns, clips, named, rings, owed, reminded, warned, unblocked }
}

export function noteOf(request: RequestId, of: Owed): NoteId {
  return `${request} ${of}`
}

/** What a request's row, its desk's and one's own say together, whoever else is there. */
interface Meaning {
  from: readonly [PersonId, Person | undefined, Desk | undefined]
  isForMe: boolean
  call: Call | undefined
  owes: readonly Owed[]
  turn: string | undefined
  clip: PersonId | undefined
  unblockedAt: number | undefined
}

/** A row that changed is another object: of thousands, those that did not change are not reckoned again. */
const meanings = new WeakMap<Request, Meaning>()

function meaningOf(request: Request, replica: Replica, me: PersonId): Meaning {
  const from = [me, replica.people.get(me), replica.desks.get(request.desk)] as const
  const known = meanings.get(request)
  if (known?.from.every((row, at) => row === from[at])) return known
  const { care } = request
  const concerns = request.owner === me || request.asker === me || care.joined.includes(me)
  const meaning: Meaning = {
    from,
    isForMe: isForMe(request, replica, me),
    call: callOf(request, replica, me),
    owes: care.reminders.flatMap(({ person, of }) => (person === me ? [of] : [])),
    turn: isTurnOf(me, request) ? `${request.state} ${request.answered_at ?? request.touched_at}` : undefined,
    clip: (request.asker === me && request.state === 'waiting_asker' && request.clip_wanted_by) || undefined,
    unblockedAt: (concerns ? care.unblocked_at : null) ?? undefined,
  }
  meanings.set(request, meaning)
  return meaning
}

/** What is new between `before` and `now`, and whose cards are over. */
export function news(before: Seen, now: Seen, replica: Replica, me: PersonId): { told: Told[]; over: NoteId[] } {
  const status = replica.people.get(me)?.status
  const told: Told[] = []
  for (const [id, call] of now.calls) {
    const request = replica.requests.get(id)
    const earlier = before.held.has(id) ? undefined : before.calls.get(id)
    // Who had a card and is rung now hears it; who was rung is not told again by a card.
    const isKnown = earlier === call || earlier === 'ring'
    if (isKnown || now.held.has(id) || !request) continue
    if (isLoud(request) && status !== 'off') told.push({ kind: 'live', request: id, sound: call === 'ring' && status === 'available' })
    else if (earlier) continue
    else if (request.urgency === 'today' && status === 'available') told.push({ kind: 'banner', request: id })
  }
  for (const [id, turn] of now.turns) {
    if (before.turns.get(id) === turn) continue
    const request = replica.requests.get(id)
    told.push({ kind: 'answer', request: id, by: request?.owner ?? null, back: request?.state === 'waiting_asker' })
  }
  for (const id of now.reminded) {
    const owes = now.owed.get(id)
    if (!owes || before.reminded.has(id)) continue
    const isLateCall = owes.of === 'callback' || owes.of === 'late_follow_up'
    told.push({ kind: 'owed', ...owes, stays: isLateCall, sound: isLateCall && status === 'available' })
  }
  for (const [id, at] of now.unblocked) if (before.unblocked.get(id) !== at) told.push({ kind: 'unblocked', request: id })
  for (const desk of now.warned) if (!before.warned.has(desk)) told.push({ kind: 'unwatched', desk })
  for (const [id, message] of now.named) {
    // An answer to one's own question is told as that.
    if (before.named.get(id) !== message && !told.some((one) => one.kind === 'answer' && one.request === id)) told.push({ kind: 'mention', request: id, message })
  }
  for (const [id, by] of now.clips) if (before.clips.get(id) !== by) told.push({ kind: 'clip', request: id, by })
  for (const id of now.rings.keys()) if (!before.rings.has(id)) told.push({ kind: 'rings', call: id })
  const gone = (then: Iterable<NoteId>, left: { has: (id: NoteId) => boolean }) => [...then].filter((id) => !left.has(id))
  const goneOf = <K extends NoteId>(then: ReadonlyMap<K, unknown>, left: ReadonlyMap<K, unknown>) => gone(then.keys(), left as ReadonlyMap<NoteId, unknown>)
  return { told, over: [...new Set([...goneOf(before.calls, now.calls), ...goneOf(before.clips, now.clips)]), ...goneOf(before.rings, now.rings), ...gone(before.reminded, now.reminded), ...gone(before.warned, now.warned as ReadonlySet<NoteId>)] }
}

/** Quiet hours hold a request back, unless a customer waits and nobody else watches. */
function isHeld(request: Request, replica: Replica, me: PersonId): boolean {
  if (!replica.people.get(me)?.quiet_now) return false
  if (!isLoud(request)) return true
  const helps = (person: Person) => (request.private_with ? request.private_with.includes(person.id) : helpsAt(replica.desks.get(request.desk), person.id))
  const watches = (person: Person) => person.active && person.status === 'available' && !person.quiet_now && replica.here.get(person.id)?.connected === true
  return [...replica.people.values()].some((person) => person.id !== me && person.id !== request.asker && helps(person) && watches(person))
}

/** How the alarm calls somebody; while a desk is closed it shows itself to who is free. Without one, all who help there are called. */
function callOf(request: Request, replica: Replica, me: PersonId): Call | undefined {
  if (request.state !== 'open' || request.owner !== null || request.asker === me) return undefined
  const helps = isForMe(request, replica, me)
  const { alarm } = request.care
  if (!alarm) return helps ? 'ring' : undefined
  const names = (people: Helpers) => (people.kind === 'everyone' ? helps : people.people.includes(me))
  if (alarm.step === 'closed') return isLoud(request) && names(alarm.cards) && isFree(replica.people.get(me)) ? 'card' : undefined
  return names(alarm.rings) ? 'ring' : names(alarm.cards) ? 'card' : undefined
}

function isFree(person: Person | undefined): boolean {
  return person?.status === 'available' && !person.quiet_now && person.busy_until === null
}

function isLoud({ urgency, care }: Request): boolean {
  return urgency === 'live' || care.critical !== null
}

/** A question back is the asker's alone; an answer is also for those who wait for the same. */
function isTurnOf(me: PersonId, { state, asker, care }: Request): boolean {
  if (state === 'answered') return asker === me || care.joined.includes(me)
  return state === 'waiting_asker' && asker === me
}

function isForMe(request: Request, replica: Replica, me: PersonId): boolean {
  if (request.state !== 'open' || request.owner !== null || request.asker === me) return false
  return request.private_with ? request.private_with.includes(me) : helpsAt(replica.desks.get(request.desk), me)
}
