/** Who is named beside "Not delivered". */

import { expect, test } from 'vitest'
import type { Deputy, Entity, Person } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { ana, ben, billing, entities, kit, phones, sam, sid } from '../../host/fake/numbra'
import { whomToCall } from './instead'

function named(me: Person, { desk = billing, deputy, people = {} }: { desk?: typeof billing; deputy?: Person; people?: Record<string, Partial<Person>> } = {}) {
  const replica = new Replica()
  const standIn: Deputy = deputy ? { kind: 'person', person: deputy.id } : { kind: 'members' }
  const rows = entities.map((entity): Entity => {
    if (entity.entity === 'person') return { ...entity, ...people[entity.id] }
    if (entity.entity === 'desk' && entity.id === desk.id) return { ...entity, service: { ...entity.service, deputy: standIn } }
    return entity
  })
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: me.id, now: 0, entities: rows })
  return whomToCall(replica, desk.id, me.id)?.name
}
const phoneless = { phone: '' }

test('the owner, then the deputy, then who helps there', () => {
  expect(named(ana)).toBe(sid.name)
  expect(named(ana, { deputy: ben, people: { [sid.id]: phoneless } })).toBe(ben.name)
  expect(named(ana, { deputy: ben, people: { [sid.id]: phoneless, [ben.id]: phoneless } })).toBe(kit.name)
})

test('never oneself, and nobody who left', () => {
  expect(named(sid, { deputy: sam })).toBe(sam.name)
  expect(named(kit, { people: { [sid.id]: phoneless, [sam.id]: { active: false } } })).toBeUndefined()
})

test('who is off is named only if nobody else has a phone', () => {
  const off = { [sid.id]: { status: 'off' } } as const
  expect(named(ana, { deputy: sam, people: off })).toBe(sam.name)
  expect(named(ana, { people: { ...off, [kit.id]: phoneless, [sam.id]: phoneless } })).toBe(sid.name)
})

test('where everyone helps, somebody with a phone is found, and where nobody has one nobody is named', () => {
  const none = Object.fromEntries(entities.flatMap((entity) => (entity.entity === 'person' ? [[entity.id, phoneless]] : [])))
  expect(named(ana, { desk: phones, people: { ...none, [kit.id]: {} } })).toBe(kit.name)
  expect(named(ana, { desk: phones, people: none })).toBeUndefined()
})
