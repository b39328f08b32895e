import { expect, test } from 'vitest'
import { billing, engineering, eli, kit, phones, sam, sid, NOW } from '../../host/fake/numbra'
import type { Desk, DeskChange, DeskId, Org, Person, PersonId } from '../../protocol/wire'
import { sheetOf } from './sheet'

const DAY = 86_400_000
const org = { name: 'Numbra', zone: 'Europe/Berlin' } as Org
const floor = (...desks: Desk[]) => ({
  org,
  desks: new Map(desks.map((desk): [DeskId, Desk] => [desk.id, desk])),
  people: new Map([sam, sid, eli, kit].map((one): [PersonId, Person] => [one.id, one])),
})
const change = (at: number, field: string): DeskChange => ({ at, by: sam.id, field, reason: '' })

test('everything stands there as the desk has it', () => {
  const [one] = sheetOf(floor({ ...phones, service: { ...phones.service, escalation: engineering.id } }, { ...engineering, closed: true }), undefined, NOW).desks
  expect(one).toMatchObject({ name: 'Phones help', hours: 'Mon to Fri 08:00–12:00 and 13:00–17:00', zone: 'Europe/Berlin', owner: { name: 'Sam Okafor' }, deputy: { name: sid.name }, escalation: 'Engineering' })
  expect(one?.standards[0]).toEqual({ urgency: 'live', first: 120_000, solve: undefined })
  expect(one?.special.map(({ name, hours }) => [name, hours])).toEqual([['Christmas Eve', '08:00–12:00'], ['Christmas Day', '']])
})

test('desks that are closed for good are gone, and the others stand in the order of their names', () => {
  const sheet = sheetOf(floor(phones, { ...engineering, closed: true, history: [change(NOW - DAY, 'closed')] }, billing), NOW - 2 * DAY, NOW)
  expect(sheet.desks.map(({ name }) => name)).toEqual(['Billing', 'Phones help'])
  expect(sheet.gone).toEqual(['Engineering'])
})

test('a version is a day with changes of what is shown, and says what changed after it', () => {
  const history = [change(NOW - 9 * DAY, 'hours'), change(NOW - 2 * DAY, 'owner'), change(NOW - 2 * DAY + 60_000, 'hints'), change(NOW - DAY, 'rota')]
  const sheet = sheetOf(floor({ ...phones, history }), NOW - 9 * DAY, NOW)
  expect(sheet.version).toBe(NOW - 2 * DAY + 60_000)
  expect(sheet.earlier).toEqual([NOW - 9 * DAY])
  expect(sheet.desks[0]?.changed).toEqual(['owner', 'hints'])
  expect(sheetOf(floor({ ...phones, history }), sheet.version, NOW).desks[0]?.changed).toEqual([])
})

test('who is on duty when, and a desk that nobody ever changed, make no version', () => {
  expect(sheetOf(floor({ ...phones, history: [change(NOW, 'rota')] }), undefined, NOW)).toMatchObject({ version: undefined, earlier: [] })
})
