/**
 * Whether one may ask at a desk now, and where to turn instead (pure), said before sending. The server decides, and also
 * takes what was asked in time and came late.
 */

import { Calendar } from '../../hours/calendar'
import type { Desk, DeskId, Person, PersonId, When } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

type Rows = Pick<Replica, 'people' | 'desks' | 'org'>

/** Where to turn: a desk that takes it, or somebody who answers for this one. */
export type Instead = { desk: Desk } | { person: Person }

export interface NotHere {
  /** It takes it in its opening hours, next at that time; null: it never opens. Undefined: it never takes it. */
  opensAt: number | null | undefined
  instead: Instead | undefined
}

export function whenOf({ service: { posting } }: Desk, role: Person['role']): When {
  return { agent: posting.agents, lead: posting.leads, admin: posting.admins }[role]
}

export function mayAsk(desk: Desk, role: Person['role'], orgZone: string, now: number): boolean {
  const when = whenOf(desk, role)
  return when === 'always' || (when === 'while_open' && Calendar.of(desk, orgZone).isOpen(now))
}

/** Why `me` may not ask there now; undefined: they may. */
export function notHere(rows: Rows, desk: Desk, me: PersonId, now: number): NotHere | undefined {
  const role = rows.people.get(me)?.role ?? 'agent'
  const zone = rows.org?.zone ?? 'UTC'
  if (mayAsk(desk, role, zone, now)) return undefined
  const opensAt = whenOf(desk, role) === 'never' ? undefined : Calendar.of(desk, zone).nextOpen(now)
  return { opensAt, instead: insteadOf(rows, desk, me, (one) => mayAsk(one, role, zone, now)) }
}

/** The first desk up the way that takes it, else the deputy, else the owner. */
function insteadOf(rows: Rows, desk: Desk, me: PersonId, takes: (desk: Desk) => boolean): Instead | undefined {
  const passed = new Set<DeskId>([desk.id])
  for (let next = desk.service.escalation; next && !passed.has(next);) {
    const above = rows.desks.get(next)
    if (!above) break
    if (!above.closed && takes(above)) return { desk: above }
    passed.add(next)
    next = above.service.escalation
  }
  const { deputy } = desk.service
  const people = [...(deputy.kind === 'person' ? [deputy.person] : []), desk.owner].flatMap((id) => rows.people.get(id) ?? [])
  const person = people.find(({ id, active }) => active && id !== me)
  return person && { person }
}
