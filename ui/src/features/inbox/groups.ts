/**
 * Which requests stand in the inbox, under which heading, in which order. One request stands once: under the first
 * heading that fits. Pure; a view of rows, never a count by person.
 */

import type { Desk, DeskId, PersonId, Request, RequestId, Urgency } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { isOpen, isResponsible, isVetter } from '../care/rights'

export type GroupName = 'live' | 'named' | 'waiting' | 'withMe' | 'mine' | 'review' | 'withOthers' | 'solved'
export interface Group {
  name: GroupName
  ids: RequestId[]
}

/** A line of the list: a heading, or a request. */
export type Line = { heading: GroupName; count: number } | { id: RequestId }

export type View = 'open' | 'solved'

/** Headings from top to bottom. */
export const ORDER: Record<View, readonly GroupName[]> = { open: ['live', 'named', 'waiting', 'withMe', 'mine', 'review', 'withOthers'], solved: ['solved'] }
const URGENCY: Record<Urgency, number> = { live: 0, today: 1, whenever: 2 }

export function groupsOf(replica: Pick<Replica, 'requests' | 'desks' | 'me' | 'named'>, view: View): Group[] {
  const { me } = replica
  if (!me) return []
  const found = new Map<GroupName, Request[]>()
  for (const request of replica.requests.values()) {
    const name = placeOf(request, replica, me, view)
    const group = name && found.get(name)
    if (group) group.push(request)
    else if (name) found.set(name, [request])
  }
  return ORDER[view].flatMap((name) => {
    const requests = found.get(name)
    return requests ? [{ name, ids: requests.sort(inOrder(name, me)).map((request) => request.id) }] : []
  })
}

/** Under which heading of a view a request stands; undefined: not in it. */
export function placeOf(request: Request, { desks, named }: Pick<Replica, 'desks' | 'named'>, me: PersonId, view: View): GroupName | undefined {
  if (view === 'open') return groupOf(request, desks, me, named.has(request.id))
  return isOpen(request) ? undefined : 'solved'
}

/** Who stands before whom under a heading. No two are equal, so that there is one order. */
export function inOrder(name: GroupName, me: PersonId): (a: Request, b: Request) => number {
  const by = name === 'solved' || name === 'review' ? byEnd : name === 'mine' ? byMyTurn(me) : name === 'withMe' ? byTheirTurn(me) : byNeed
  return (a, b) => by(a, b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

export function linesOf(groups: readonly Group[]): Line[] {
  return groups.flatMap(({ name, ids }): Line[] => [{ heading: name, count: ids.length }, ...ids.map((id) => ({ id }))])
}

export function helpsAt(desk: Desk | undefined, me: PersonId): boolean {
  if (!desk) return false
  return desk.owner === me || desk.helpers.kind === 'everyone' || desk.helpers.people.includes(me)
}

/** `isNamed`: words there name `me`, who has not answered or read them: they stand where `me` has nothing else to do with it. */
function groupOf(request: Request, desks: Pick<Map<DeskId, Desk>, 'get'>, me: PersonId, isNamed: boolean): GroupName | undefined {
  const desk = desks.get(request.desk)
  if (request.archived) return undefined
  // What was critical is done when its lesson is written down.
  if (!isOpen(request)) return request.state === 'solved' && request.care.critical?.review === null && isResponsible(desk, me) ? 'review' : isNamed ? 'named' : undefined
  // Whoever waits for the same answer has asked it, too.
  if (request.asker === me || request.care.joined.includes(me)) return 'mine'
  if (isOfferedTo(request, desks, me)) return request.urgency === 'live' ? 'live' : 'waiting'
  const concerns = helpsAt(desk, me) || (request.care.to_vet && isVetter(desk, me)) || request.private_with?.includes(me) === true || isCalled(request, me)
  if (request.owner === null) {
    if (!concerns) return isNamed ? 'named' : undefined
    return request.urgency === 'live' ? 'live' : 'waiting'
  }
  if (request.owner === me) return request.urgency === 'live' && request.state === 'accepted' ? 'live' : 'withMe'
  if (isNamed) return 'named'
  return concerns ? 'withOthers' : undefined
}

/** The alarm calls `me` by name, who may help elsewhere: a vetter, or somebody of the desk that is called when nobody comes. */
function isCalled({ care: { alarm } }: Request, me: PersonId): boolean {
  return [alarm?.rings, alarm?.cards].some((called) => called?.kind === 'these' && called.people.includes(me))
}

/** Somebody wants to hand it to `me`, or to a desk that they help at. */
function isOfferedTo({ care: { hand_over } }: Request, desks: Pick<Map<DeskId, Desk>, 'get'>, me: PersonId): boolean {
  if (!hand_over || hand_over.from === me) return false
  return hand_over.person ? hand_over.person === me : helpsAt(desks.get(hand_over.desk), me)
}

/** What is critical first, then a waiting customer, then whoever has waited longest. */
function byNeed(a: Request, b: Request): number {
  const critical = ({ care }: Request) => (care.critical ? 0 : 1)
  return critical(a) - critical(b) || URGENCY[a.urgency] - URGENCY[b.urgency] || a.asked_at - b.asked_at
}

/** Newest first. */
function byEnd(a: Request, b: Request): number {
  return (b.solved_at ?? b.touched_at) - (a.solved_at ?? a.touched_at)
}

/** What I can move on stands before what waits for somebody else. */
function byMyTurn(me: PersonId) {
  const turn = (request: Request) => (request.asker === me && (request.state === 'answered' || request.state === 'waiting_asker') ? 0 : 1)
  return (a: Request, b: Request) => turn(a) - turn(b) || byNeed(a, b)
}

function byTheirTurn(me: PersonId) {
  const turn = (request: Request) => (request.owner === me && request.state === 'accepted' ? 0 : 1)
  return (a: Request, b: Request) => turn(a) - turn(b) || byNeed(a, b)
}
