/** Who is named beside "Not delivered". */

import { expect, test } from 'vitest'
import type { Deputy, Entity, Person } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { ana, ben, billing, entities, kit, phones, sam, sid } from '../../host/fake/numbra'
import { whomToCall } from './instead'

interface Case { desk?: typeof billing; deputy?: Person; people?: Record<string, Partial<Person>>; privateWith?: Person[]; asker?: Person; owner?: Person; helpers?: boolean }

function named(me: Person, { desk = billing, deputy, people = {}, privateWith, asker, owner, helpers = true }: Case = {}) {
  const replica = new Replica()
  const standIn: Deputy = deputy ? { kind: 'person', person: deputy.id } : { kind: 'members' }
  const rows = entities.map((entity): Entity => {
    if (entity.entity === 'person') return { ...entity, ...people[entity.id] }
    if (entity.entity === 'desk' && entity.id === desk.id) return { ...entity, service: { ...entity.service, deputy: standIn } }
    return entity
  })
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: me.id, now: 0, entities: rows })
  return whomToCall(replica, { desk: desk.id, privateWith: privateWith?.map(({ id }) => id) ?? null, ...(asker && { asker: asker.id }), ...(owner && { owner: owner.id }) }, me.id, { helpers })?.name
}
const phoneless = { phone: '' }

test('the deputy, then the owner, then who helps there', () => {
  expect(named(ana)).toBe(sid.name)
  expect(named(ana, { deputy: ben })).toBe(ben.name)
  expect(named(ana, { deputy: ben, people: { [ben.id]: phoneless } })).toBe(sid.name)
  expect(named(ana, { deputy: ben, people: { [sid.id]: phoneless, [ben.id]: phoneless } })).toBe(kit.name)
  expect(named(ana, { deputy: ben, people: { [sid.id]: phoneless, [ben.id]: phoneless }, helpers: false })).toBeUndefined()
})

test('whoever has it comes first, and does not call themselves', () => {
  expect(named(ana, { deputy: ben, owner: kit })).toBe(kit.name)
  expect(named(kit, { deputy: ben, owner: kit })).toBe(ben.name)
})

test('a private question is told to nobody else: those it is with, and by them its asker', () => {
  expect(named(ana, { deputy: ben, privateWith: [kit] })).toBe(kit.name)
  expect(named(ana, { deputy: ben, privateWith: [kit], people: { [kit.id]: phoneless } })).toBeUndefined()
  expect(named(kit, { deputy: ben, privateWith: [kit], asker: ana })).toBe(ana.name)
})

test('whoever also waits does not call the asker', () => {
  expect(named(ana, { asker: sid })).not.toBe(sid.name)
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
