/** Starting a call from where one is: who is rung, and who next. */

import { attempt } from '../../app/attempt'
import { store } from '../../host/store'
import type { CallId, Desk, Org, Person, PersonId, Request } from '../../protocol/wire'
import type { World } from '../../replica/hooks'
import { helpsAt } from '../inbox/groups'

/** Whom a call about this request rings: the other side; for the asker of an unclaimed one, whoever helps there and is free. */
export function whoToRing(request: Request, me: PersonId, desk: Desk | undefined, people: ReadonlyMap<PersonId, Person>): { callee: PersonId | undefined; then: PersonId[] } {
  if (request.asker !== me) return { callee: request.asker, then: [] }
  const free = [...people.values()]
    .filter((person) => person.active && person.id !== me && person.status === 'available' && helpsAt(desk, person.id))
    .map((person) => person.id)
  const first = request.owner ?? request.private_with?.[0] ?? (desk && desk.owner !== me ? desk.owner : free[0])
  return { callee: first, then: request.private_with ? [] : free.filter((id) => id !== first).slice(0, 5) }
}

export function callFromRequest({ host, replica, commands }: World, request: Request, wantsCallback = false): void {
  if (!replica.me) return
  const { callee, then } = whoToRing(request, replica.me, replica.desks.get(request.desk), replica.people)
  if (callee) attempt(commands.ring({ call: host.id<CallId>(), request: request.id, callee, then: wantsCallback ? [] : then, wants_callback: wantsCallback }))
}

export function callPerson({ host, commands }: World, callee: PersonId, wantsCallback = false): void {
  attempt(commands.ring({ call: host.id<CallId>(), request: null, callee, then: [], wants_callback: wantsCallback }))
}

/** Calls that this window began in order to share a screen: their bar says where that is done. */
export const shares = store<readonly CallId[]>([])

/** A quick screen share, about no request. With a link as with any other call; the picture is shared where the talk is. */
export function shareWith({ host, commands }: World, callee: PersonId): void {
  const call = host.id<CallId>()
  shares.set([...shares.get(), call])
  attempt(commands.ring({ call, request: null, callee, then: [], wants_callback: false }))
}

/** A telephone carries no pictures. */
export function canShare(org: Pick<Org, 'provider'> | undefined): boolean {
  return org?.provider?.kind !== 'phone'
}
