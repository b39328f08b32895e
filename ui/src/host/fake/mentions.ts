/** States of *Numbra* for mentions and for desks that not everybody may ask at any hour. */

import type { Entity, MessageId, PersonId } from '../../protocol/wire'
import { NOW, ana, ben, billing, phones, porting, refund, sam, tools, uuid } from './numbra'

/** Four more members, so that `@all` is many. */
export const crowd: Entity[] = ['Hal Iversen', 'Ida Romero', 'Jon Petit', 'Lea Novak'].map((name) => ({
  entity: 'person', ...ben, id: uuid<PersonId>(`person ${name}`), name, email: `${name.slice(0, 3).toLowerCase()}@numbra.example`,
}))

/** Billing takes questions of agents in the morning only and sends them to Phones help; Tools takes none of theirs. */
export const gated: Entity[] = [
  {
    entity: 'desk', ...billing, hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 480, to: 720 })),
    service: { ...billing.service, escalation: phones.id, posting: { agents: 'while_open', leads: 'always', admins: 'always' } },
  },
  { entity: 'desk', ...tools, service: { ...tools.service, posting: { agents: 'never', leads: 'always', admins: 'always' } } },
]

const message = (key: string) => ({ id: uuid<MessageId>(`message ${key}`), attachments: [], clip: null, moment: null, deleted: false, kind: { kind: 'said' } as const })

/** Ben mentions Sam, and everybody because the phones are down. */
export const named: Entity[] = [
  {
    entity: 'message', ...message('one'), request: porting.id, author: ben.id, text: '@Sam, is this one yours? See https://numbra.example/porting', at: NOW - 3 * 60_000,
    mentions: { whom: [{ kind: 'person', person: sam.id }], reason: '', tells: { kind: 'these', people: [sam.id] }, told: 1 },
  },
  {
    entity: 'message', ...message('all'), request: refund.id, author: ana.id, text: '@all please stop refunds until the outage is over', at: NOW - 60_000,
    mentions: { whom: [{ kind: 'all' }], reason: 'Every refund is booked twice', tells: { kind: 'everyone' }, told: 15 },
  },
]
