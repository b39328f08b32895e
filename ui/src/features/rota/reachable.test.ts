import { expect, test } from 'vitest'
import { ana, ben, billing, eve, kit, phones, sam, sid } from '../../host/fake/numbra'
import type { Here, Person, PersonId } from '../../protocol/wire'
import { reachable } from './reachable'

const people = (changes: Partial<Record<string, Partial<Person>>> = {}) =>
  new Map([ana, ben, sam, sid, kit, eve].map((one): [PersonId, Person] => [one.id, { ...one, status: 'available', ...changes[one.name.split(' ')[0] ?? ''] }]))
const here = (...connected: Person[]) => new Map(connected.map(({ id }): [PersonId, Here] => [id, { person: id, connected: true, idle: true }]))
const names = (found: Person[]) => found.map(({ name }) => name.split(' ')[0])

test('those who help there, are connected and free; a quiet machine is no absence', () => {
  expect(names(reachable(billing, { people: people(), here: here(sid, kit, ana) }, sam.id))).toEqual(['Kit', 'Sid'])
  expect(names(reachable(billing, { people: people(), here: here(sid, kit, ana) }, sid.id))).toEqual(['Kit'])
  expect(names(reachable(phones, { people: people(), here: here() }, sam.id))).toEqual([])
})

test('nobody who is away, with a customer, in a meeting, in quiet hours or no longer with us', () => {
  const all = here(ben, kit, eve, sid, ana)
  const some = people({ Ben: { status: 'away' }, Kit: { status: 'on_call' }, Eve: { busy_until: 1 }, Sid: { quiet_now: true }, Ana: { active: false } })
  expect(names(reachable(phones, { people: some, here: all }, sam.id))).toEqual([])
})
