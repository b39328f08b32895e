/** Whom to call where words don't get through (pure): a desk's owner, else its deputy, else whoever helps there. Never oneself. */

import type { DeskId, Person, PersonId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

/** The first of them with a phone; who said that they are off only if nobody else has one. */
export function whomToCall(replica: Pick<Replica, 'people' | 'desks'>, desk: DeskId | undefined, me: PersonId): Person | undefined {
  const at = desk && replica.desks.get(desk)
  if (!at) return undefined
  const { deputy } = at.service
  const helpers = at.helpers.kind === 'these' ? at.helpers.people : [...replica.people.values()].sort((a, b) => a.name.localeCompare(b.name)).map(({ id }) => id)
  const reachable = [at.owner, ...(deputy.kind === 'person' ? [deputy.person] : []), ...helpers]
    .flatMap((id) => replica.people.get(id) ?? [])
    .filter(({ id, active, phone }) => active && phone !== '' && id !== me)
  return reachable.find(({ status }) => status !== 'off') ?? reachable[0]
}
