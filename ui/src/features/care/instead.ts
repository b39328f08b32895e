/** Whom to call where words don't get through, or nobody is there to read them (pure). */

import type { DeskId, Person, PersonId, Request } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

/** What the call would be about. `asker` is called by those who were asked privately. */
export interface About {
  desk: DeskId
  privateWith: Request['private_with']
  asker?: PersonId
  /** Whoever has it already. */
  owner?: PersonId | null
}

export function aboutOf({ desk, private_with, asker, owner }: Pick<Request, 'desk' | 'private_with' | 'asker' | 'owner'>): About {
  return { desk, privateWith: private_with, asker, owner }
}

/**
 * The first of them with a phone: whoever has it; in private only those who know of it; else the desk's deputy, then its owner, as the
 * server's alarm goes, and after them, where `helpers` may be asked too, whoever helps there. Who said that they are off is
 * named only if nobody else has a phone, oneself never.
 */
export function whomToCall(replica: Pick<Replica, 'people' | 'desks'>, about: About | undefined, me: PersonId, { helpers }: { helpers: boolean }): Person | undefined {
  if (!about) return undefined
  const reachable = candidates(replica, about, helpers)
    .flatMap((id) => replica.people.get(id) ?? [])
    .filter(({ id, active, phone }) => active && phone !== '' && id !== me)
  return reachable.find(({ status }) => status !== 'off') ?? reachable[0]
}

function candidates(replica: Pick<Replica, 'people' | 'desks'>, { desk, privateWith, asker, owner }: About, helpers: boolean): PersonId[] {
  const has = owner ? [owner] : []
  if (privateWith) return [...has, ...privateWith, ...(asker ? [asker] : [])]
  const at = replica.desks.get(desk)
  if (!at) return []
  const { deputy } = at.service
  const inCharge = [...has, ...(deputy.kind === 'person' ? [deputy.person] : []), at.owner]
  if (!helpers) return inCharge.filter((id) => id !== asker)
  const help = at.helpers.kind === 'these' ? at.helpers.people : [...replica.people.values()].sort((a, b) => a.name.localeCompare(b.name)).map(({ id }) => id)
  return [...inCharge, ...help].filter((id) => id !== asker)
}
