/**
 * What a person is told of, and how loudly (pure). The server's alarm says who is called: whom it rings hears a waiting
 * customer and keeps a card until somebody takes it; who has a card sees it silently. Today: a banner, unless one is on a
 * call. Whenever: the badge alone. What is critical is told like a waiting customer. Answers reach their asker, and
 * whoever joined, silently; the wish for a clip reaches the asker. A call rings until it is over, unless it rings silently.
 * A desk that is closed shows a waiting customer to whoever of its people is available (docs/decisions/0011).
 * What somebody owes and is late with (a promised call, the next word) is told to whom the server has told it.
 * Nobody is told of their own act. In one's quiet hours nothing is told while somebody else watches the desk; the moment
 * nobody does, a waiting customer is.
 */

import type { CallId, Helpers, Person, PersonId, Request, RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { isResponsible } from '../care/rights'
import { helpsAt } from '../inbox/groups'

export type Told =
  | { kind: 'live'; request: RequestId; sound: boolean }
  | { kind: 'banner'; request: RequestId }
  | { kind: 'answer'; request: RequestId; by: PersonId | null; back: boolean }
  | { kind: 'clip'; request: RequestId; by: PersonId }
  | { kind: 'rings'; call: CallId }
  /** Something that this person owes is late; a promised call is heard. */
  | { kind: 'owed'; request: RequestId; what: Owed; sound: boolean }

/** A promised call, the next word, or the call after a "no". */
export type Owed = 'callback' | 'update' | 'followUp'

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
  /** The calls that ring this person, and whether they may be heard. */
  rings: ReadonlyMap<CallId, boolean>
  /** What this person owes, and who was told. */
  owed: ReadonlyMap<RequestId, Owed>
}

/** A ring is heard, a card is only seen. */
type Call = 'ring' | 'card'

export function look(replica: Replica, me: PersonId): Seen {
  const unclaimed = new Set<RequestId>()
  const calls = new Map<RequestId, Call>()
  const held = new Set<RequestId>()
  const turns = new Map<RequestId, string>()
  const clips = new Map<RequestId, PersonId>()
  const rings = new Map<CallId, boolean>()
  for (const call of replica.calls.values()) if (call.callee === me && call.state === 'ringing') rings.set(call.id, !call.silent)
  const owed = new Map<RequestId, Owed>()
  for (const request of replica.requests.values()) {
    if (isForMe(request, replica, me)) unclaimed.add(request.id)
    const call = callOf(request, replica, me)
    if (call) {
      calls.set(request.id, call)
      if (isHeld(request, replica, me)) held.add(request.id)
    }
    const owes = owedBy(request, replica, me)
    if (owes) owed.set(request.id, owes)
    const wantsClip = request.asker === me && request.state === 'waiting_asker' && request.clip_wanted_by
    if (wantsClip) clips.set(request.id, wantsClip)
    else if (isTurnOf(me, request)) turns.set(request.id, `${request.state} ${request.answered_at ?? request.touched_at}`)
  }
  return { unclaimed, calls, held, turns, clips, rings, owed }
}

/** What is new between `before` and `now`, and whose cards are over. */
export function news(before: Seen, now: Seen, replica: Replica, me: PersonId): { told: Told[]; over: (RequestId | CallId)[] } {
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
  const isQuiet = replica.people.get(me)?.quiet_now === true || status === 'off'
  for (const [id, what] of now.owed) {
    if (before.owed.get(id) !== what && !isQuiet) told.push({ kind: 'owed', request: id, what, sound: what === 'callback' && status === 'available' })
  }
  for (const [id, by] of now.clips) if (before.clips.get(id) !== by) told.push({ kind: 'clip', request: id, by })
  for (const id of now.rings.keys()) if (!before.rings.has(id)) told.push({ kind: 'rings', call: id })
  const gone = <K>(then: ReadonlyMap<K, unknown>, left: ReadonlyMap<K, unknown>) => [...then.keys()].filter((id) => !left.has(id))
  // One note stands for a request: what is owed no longer takes it away only if nothing else is told in it.
  const paid = gone(before.owed, now.owed).filter((id) => !now.calls.has(id) && !now.clips.has(id))
  return { told, over: [...new Set([...gone(before.calls, now.calls), ...gone(before.clips, now.clips), ...paid]), ...gone(before.rings, now.rings)] }
}

/** What the server has told this person that it is late, or given them to do. */
function owedBy({ care, owner, state, desk }: Request, replica: Replica, me: PersonId): Owed | undefined {
  if (care.follow_up?.by === me && !care.follow_up.done) return 'followUp'
  if (state === 'solved' || state === 'withdrawn' || state === 'merged') return undefined
  if (care.callback?.paged.includes(me)) return 'callback'
  if (care.update_late !== 'no' && owner === me) return 'update'
  return care.update_late === 'desk_told' && isResponsible(replica.desks.get(desk), me) ? 'update' : undefined
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
