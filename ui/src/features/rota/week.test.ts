/** The rota: what is typed is what is kept, gaps are found to the minute, and who is on duty is read off the desk's own wall. */

import { describe, expect, test } from 'vitest'
import { ben, kit, phones, sam, sid } from '../../host/fake/numbra'
import { dayOf, draftOf, extent, onDuty, slotProblem, slotsOf, type SlotDraft } from './week'

const slot = (from: string, to: string, person = sam.id): SlotDraft => ({ person, from, to })
const monday = (...slots: SlotDraft[]) => [slots, [], [], [], [], [], []]
const open = [{ weekday: 1, from: 480, to: 720 }, { weekday: 1, from: 780, to: 1020 }]

describe('rota', () => {
  test('survives being shown and read again', () => {
    const sorted = phones.rota.toSorted((a, b) => a.weekday - b.weekday || a.from - b.from || a.to - b.to)
    expect(slotsOf(draftOf(phones.rota))).toEqual(sorted)
  })

  test('is not kept while something is wrong', () => {
    expect(slotsOf(monday(slot('8', 'noon')))).toBeUndefined()
    expect(slotProblem([slot('12', '9')], 0)).toBe('order')
    const twice = [slot('8', '12'), slot('11', '13')]
    expect([slotProblem(twice, 0), slotProblem(twice, 1)]).toEqual([undefined, 'overlap'])
  })

  test('two people may be on duty at once, and one may go on without a break', () => {
    expect(slotsOf(monday(slot('8', '12'), slot('8', '12', sid.id), slot('12', '13')))).toHaveLength(3)
  })

  test.each([
    ['nobody at all is every helper', [], []],
    ['the whole day', [slot('8', '17')], []],
    ['late, and gone before the end', [slot('9', '16:30')], [[480, 540], [990, 1020]]],
    ['a hole in the middle', [slot('8', '10'), slot('10:15', '17')], [[600, 615]]],
    ['lunch is no gap', [slot('8', '12'), slot('13', '17', sid.id)], []],
    ['two that meet', [slot('8', '10'), slot('10', '12', sid.id), slot('13', '17')], []],
    ['what is no time yet covers nothing', [slot('8', '12'), slot('13', '')], [[780, 1020]]],
  ] as [string, SlotDraft[], number[][]][])('%s', (_what, slots, nobody) => {
    expect(dayOf(open, monday(...slots), 0).nobody.map(({ from, to }) => [from, to])).toEqual(nobody)
  })

  test('a day without hours has no gap, and every other open day of a desk with a rota has', () => {
    const week = monday(slot('8', '17'))
    expect(dayOf(open, week, 1)).toEqual({ open: [], nobody: [] })
    expect(dayOf([...open, { weekday: 2, from: 480, to: 720 }], week, 1).nobody).toEqual([{ from: 480, to: 720 }])
  })

  test('who is on duty now, by the wall of the desk', () => {
    const at = (iso: string, zone = '') => onDuty({ ...phones, zone }, 'Europe/Berlin', Date.parse(iso))
    expect(at('2026-11-24T13:23:00Z')).toEqual([sid.id])
    expect(at('2026-11-24T08:30:00Z').toString()).toBe([sam.id, ben.id].toString())
    expect(at('2026-11-25T13:00:00Z').toString()).toBe([sid.id, kit.id].toString())
    expect(at('2026-11-24T11:59:59Z')).toEqual([])
    expect(at('2026-11-22T10:00:00Z')).toEqual([])
    expect(at('2026-11-24T13:23:00Z', 'America/New_York').toString()).toBe([sam.id].toString())
    expect(onDuty({ ...phones, rota: [] }, 'UTC', 0)).toBe('everyone')
  })

  test('is drawn from the first to the last hour that matters', () => {
    expect(extent(open, monday(slot('7:30', '12')))).toEqual({ from: 420, to: 1020 })
    expect(extent([], monday())).toEqual({ from: 480, to: 1080 })
  })
})
