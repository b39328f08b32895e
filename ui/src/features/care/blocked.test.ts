import { expect, test } from 'vitest'
import { noCare } from '../../host/fake/care'
import { alsoIvr, ana, ben, ivr, phones, refund, sam, tariff } from '../../host/fake/numbra'
import type { Request, RequestId } from '../../protocol/wire'
import { helpsAt } from '../inbox/groups'
import { candidates, linked, maySay, waitingFor, waitsFor } from './blocked'

const of = (...rows: Request[]) => new Map(rows.map((row): [RequestId, Request] => [row.id, row]))
const by = (row: Request, ...blockers: Request[]): Request => ({ ...row, care: { ...noCare, blocked_by: blockers.map(({ id }) => id) } })

test('what would wait for itself is found through others, also where a link in between can\'t be seen', () => {
  const rows = of(refund, by(ivr, refund), by(tariff, ivr))
  expect(waitsFor(tariff.id, refund.id, rows)).toBe(true)
  expect(waitsFor(refund.id, tariff.id, rows)).toBe(false)
  expect(waitsFor(refund.id, refund.id, rows)).toBe(true)
  expect(waitsFor(tariff.id, refund.id, of(refund, by(tariff, ivr)))).toBe(false)
})

test('only open requests wait', () => {
  expect(waitingFor(refund.id, of(refund, by(ivr, refund), { ...by(tariff, refund), state: 'solved' })).map(({ id }) => id)).toEqual([ivr.id])
})

test('the most alike stands first, then what moved last; not itself, what is over, or what is there already', () => {
  const older = { ...tariff, touched_at: 1 }
  const newer = { ...refund, touched_at: 2 }
  const found = candidates(by(ivr, older), of(ivr, alsoIvr, older, newer, { ...tariff, id: 'x' as RequestId, state: 'solved' }))
  expect(found.map(({ request }) => request.id)).toEqual([alsoIvr.id, newer.id])
})

test('a pasted link is understood, whichever it is', () => {
  expect(linked(`see https://desk.example/r/${refund.id}?x#y`)).toBe(refund.id)
  expect(linked(`deskside://request/${refund.id.toUpperCase()}`)).toBe(refund.id)
  expect(linked('refund after port-out')).toBe(undefined)
})

test('who asked, has it, or helps there says it', () => {
  const row: Request = { ...refund, asker: ana.id, owner: sam.id, desk: phones.id, private_with: null, state: 'accepted' }
  expect([ana, sam, ben].map((one) => maySay(row, helpsAt(phones, one.id), one.id))).toEqual([true, true, true])
  expect(maySay({ ...row, private_with: [sam.id] }, true, ben.id)).toBe(false)
  expect(maySay({ ...row, state: 'solved' }, true, ben.id)).toBe(false)
})
