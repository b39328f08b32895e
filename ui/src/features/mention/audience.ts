/**
 * Whom a mention would tell, said before it is sent (pure): the same rules as the server's, held together by
 * `tests/vectors/mentions.json`. The server decides; what stands here is what it will say.
 */

import { Calendar } from '../../hours/calendar'
import type { Desk, HandOver, Helpers, Mention, PersonId, Request } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { helpsAt } from '../inbox/groups'
import { onDuty } from '../rota/week'

/** More people than this are not told at once without a reason. */
export const MANY = 12

/** What of a request decides who may see it; of one that is being written too. */
export interface About {
  desk: Request['desk']
  asker: PersonId
  owner: PersonId | null
  privateWith: readonly PersonId[] | null
  joined: readonly PersonId[]
  handOver: HandOver | null
  toVet: boolean
}

export function aboutRequest({ desk, asker, owner, private_with, care }: Request): About {
  return { desk, asker, owner, privateWith: private_with, joined: care.joined, handOver: care.hand_over, toVet: care.to_vet }
}

export interface Audience {
  /** Everyone else, or these. */
  tells: Helpers
  told: number
  /** Named, and may not see it: the server would refuse. */
  unseen: PersonId[]
  /** So many need a reason. */
  needsReason: boolean
}

type Rows = Pick<Replica, 'people' | 'desks' | 'org'>

export function audienceOf(rows: Rows, about: About, by: PersonId, whom: readonly Mention[], now: number): Audience {
  const named = new Set<PersonId>()
  const unseen: PersonId[] = []
  let everyone = false
  for (const mention of whom) {
    if (mention.kind === 'person') {
      if (isHere(rows, mention.person) && sees(rows, about, mention.person)) named.add(mention.person)
      else unseen.push(mention.person)
      continue
    }
    const group = groupOf(rows, about, mention.kind, now)
    if (group.kind === 'everyone') everyone = true
    else for (const person of group.people) named.add(person)
  }
  named.delete(by)
  const others = [...rows.people.values()].filter(({ id, active }) => active && id !== by)
  const tells: Helpers = everyone ? { kind: 'everyone' } : { kind: 'these', people: [...named].sort() }
  const told = everyone ? others.length : named.size
  return { tells, told, unseen, needsReason: told > MANY }
}

/** Those of a group who may see it. What is to be vetted is its vetters' until they forward it. */
function groupOf(rows: Rows, about: About, group: 'desk' | 'all', now: number): Helpers {
  const desk = rows.desks.get(about.desk)
  if (!desk) return NOBODY
  const people = about.toVet ? these(desk.service.vetters) : group === 'all' ? members(desk) : dutyAt(desk, rows.org?.zone ?? 'UTC', now)
  if (people.kind === 'everyone' && about.privateWith === null) return people
  const candidates = people.kind === 'everyone' ? [...rows.people.keys()] : people.people
  return these([...new Set(candidates)].filter((id) => isHere(rows, id) && sees(rows, about, id)))
}

function members({ helpers, owner }: Desk): Helpers {
  return helpers.kind === 'everyone' ? helpers : these([...helpers.people, owner])
}

/** By the rota, or without one every helper; nobody while the desk is closed. */
export function dutyAt(desk: Desk, orgZone: string, now: number): Helpers {
  if (!Calendar.of(desk, orgZone).isOpen(now)) return NOBODY
  if (desk.rota.length === 0) return desk.helpers
  const duty = onDuty(desk, orgZone, now)
  return duty === 'everyone' ? { kind: 'everyone' } : these(duty)
}

function isHere({ people }: Pick<Rows, 'people'>, id: PersonId): boolean {
  return people.get(id)?.active === true
}

/** Whether somebody may see what these words are about. */
export function sees(rows: Rows, { desk: at, asker, owner, privateWith, joined, handOver }: About, id: PersonId): boolean {
  if (id === asker || id === owner || joined.includes(id)) return true
  if (handOver && (handOver.person ? handOver.person === id : helpsAt(rows.desks.get(handOver.desk), id))) return true
  if (privateWith) return privateWith.includes(id)
  const desk = rows.desks.get(at)
  return desk !== undefined && (desk.audience !== 'private' || helpsAt(desk, id))
}

const these = (people: readonly PersonId[]): Helpers => ({ kind: 'these', people: [...people] })
const NOBODY = these([])
