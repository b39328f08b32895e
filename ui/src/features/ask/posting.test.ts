/** Who may ask where and when, and where to turn instead: the cases that the server's rules pass, too. */

import { describe, expect, test } from 'vitest'
import { newDesk } from '../../host/fake/care'
import type { Desk, DeskId, Org, Person, PersonId, Posting, Role } from '../../protocol/wire'
import { text } from '../../text'
import { notHere } from './posting'

const id = (name: string) => name as PersonId
const FRIDAY = Date.UTC(2026, 5, 5, 14, 21)
const HOUR = 3_600_000
const free: Posting = { agents: 'always', leads: 'always', admins: 'always' }
const hoursOnly: Posting = { ...free, agents: 'while_open' }
const week = (from: number, to: number) => [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from, to }))

function desk(name: string, rest: Partial<Desk> = {}, service: Partial<Desk['service']> = {}): Desk {
  return {
    ...newDesk, id: name as DeskId, name, purpose: '', owner: id('sam'), helpers: { kind: 'everyone' }, audience: 'open', hours: week(480, 1020), zone: '', provider: null,
    review_before_upload: false, closed: false, ...rest, service: { ...newDesk.service, ...service },
  } as Desk
}
const person = (name: string, role: Role, active = true) => ({ id: id(name), name, role, active }) as Person
const people = [person('ana', 'agent'), person('sam', 'lead'), person('sid', 'lead'), person('ada', 'admin'), person('gone', 'lead', false)]

function where(who: string, later: number, ...desks: Desk[]) {
  const rows = { people: new Map(people.map((one) => [one.id, one])), desks: new Map(desks.map((one) => [one.id, one])), org: { zone: 'Europe/Berlin' } as Org }
  const found = notHere(rows, desks[0] as Desk, id(who), FRIDAY + later)
  if (!found) return 'here'
  const { instead } = found
  return instead ? ('desk' in instead ? instead.desk.name : instead.person.name) : 'nowhere'
}

describe('who may ask where, and when', () => {
  const phones = (posting: Posting, service: Partial<Desk['service']> = {}) => desk('Phones', {}, { posting, escalation: 'Billing' as DeskId, deputy: { kind: 'person', person: id('sid') }, ...service })
  const late = { hours: week(480, 1200) }
  test.each([
    ['anybody at a desk without rules, also at night', 'ana', 9 * HOUR, [phones(free)], 'here'],
    ['agents while it is open', 'ana', 0, [phones(hoursOnly)], 'here'],
    ['leads at any hour', 'sam', HOUR, [phones(hoursOnly)], 'here'],
    ['agents afterwards at the desk it escalates to', 'ana', HOUR, [phones(hoursOnly), desk('Billing')], 'Billing'],
    ['which has rules of its own', 'ana', HOUR, [phones(hoursOnly), desk('Billing', late, { posting: hoursOnly })], 'Billing'],
    ['and one above', 'ana', 4 * HOUR, [phones(hoursOnly), desk('Billing', late, { posting: hoursOnly, escalation: 'Night' as DeskId }), desk('Night')], 'Night'],
    ['or its deputy', 'ana', 4 * HOUR, [phones(hoursOnly), desk('Billing', late, { posting: hoursOnly })], 'sid'],
    ['a desk that is closed for good is passed over', 'ana', HOUR, [phones(hoursOnly), desk('Billing', { closed: true })], 'sid'],
    ['a loop ends', 'ana', HOUR, [phones(hoursOnly), desk('Billing', {}, { posting: hoursOnly, escalation: 'Phones' as DeskId })], 'sid'],
    ['the owner, where the deputy has left', 'ana', 0, [phones({ ...free, agents: 'never' }, { escalation: null, deputy: { kind: 'person', person: id('gone') } })], 'sam'],
    ['nobody asks themselves', 'sam', 0, [phones({ ...free, leads: 'never' }, { escalation: null, deputy: { kind: 'members' } })], 'nowhere'],
  ] as const)('%s', (_, who, later, desks, expected) => expect(where(who, later, ...desks)).toBe(expected))
})

test('the page for the wall says only what is not free', () => {
  expect(text.posting.rules(free)).toEqual([])
  expect(text.posting.rules({ ...hoursOnly, admins: 'never' })).toEqual(['Agents ask in its opening hours.', 'Admins do not ask here.'])
})
