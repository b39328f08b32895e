/** Which controls of the working rules somebody is offered. The server decides anyway; this only keeps away what it would refuse. */

import type { Desk, Person, PersonId, Request } from '../../protocol/wire'
import { helpsAt } from '../inbox/groups'

export function isOpen({ state }: Pick<Request, 'state'>): boolean {
  return state !== 'solved' && state !== 'withdrawn' && state !== 'merged'
}

/** Whether what `me` asks at a desk goes through its vetters first. */
export function goesThroughVetters(desk: Desk, me: PersonId): boolean {
  return desk.audience === 'vetted' && !forwards(desk, me)
}

/** Whether `me` may send on what was asked at a vetted desk. */
export function forwards(desk: Desk | undefined, me: PersonId): boolean {
  return desk !== undefined && (desk.service.vetters.includes(me) || helpsAt(desk, me))
}

export function isVetter(desk: Desk | undefined, me: PersonId): boolean {
  return desk?.service.vetters.includes(me) === true
}

/** Whether `me` may write down what was learnt from something critical. */
export function reviews(desk: Desk | undefined, me: Pick<Person, 'id' | 'role'> | undefined): boolean {
  if (!desk || !me) return false
  return isResponsible(desk, me.id) || me.role !== 'agent'
}

/** The desk's owner, or the deputy it names. */
export function isResponsible(desk: Desk | undefined, me: PersonId): boolean {
  if (!desk) return false
  const { deputy } = desk.service
  return desk.owner === me || (deputy.kind === 'person' && deputy.person === me)
}

/** Two requests become one only where everybody who waits may see both. */
export function merges(request: Request, desk: Desk | undefined, me: PersonId): boolean {
  return isOpen(request) && request.asker !== me && !request.care.joined.includes(me) && request.private_with === null && (helpsAt(desk, me) || request.owner === me)
}
