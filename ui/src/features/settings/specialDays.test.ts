/** Special days: what is typed is what is kept, and what can't be is said before it is sent. */

import { describe, expect, it } from 'vitest'
import type { SpecialDay } from '../../protocol/wire'
import { dayProblem, daysOf, draftOf, type DayDraft } from './specialDays'

const eve: SpecialDay = { date: { year: 2026, month: 12, day: 24 }, name: 'Christmas Eve', open: [{ from: 480, to: 600 }, { from: 630, to: 720 }] }
const closed: SpecialDay = { date: { year: 2027, month: 1, day: 1 }, name: '', open: [] }
const typed = (date: string, stretches: DayDraft['stretches'] = []): DayDraft => ({ date, name: '', stretches })

describe('special days', () => {
  it('survive being shown and read again, in the order of the calendar', () => {
    expect(daysOf(draftOf([closed, eve]))).toEqual([eve, closed])
    expect(draftOf([closed, eve])[0]).toEqual({ date: '2026-12-24', name: 'Christmas Eve', stretches: [{ from: '08:00', to: '10:00' }, { from: '10:30', to: '12:00' }] })
  })

  it.each(['', '2026-02-30', '2026-13-01', '24.12.2026', '0000-01-01'])('%j is no day', (date) => {
    expect(dayProblem([typed(date)], 0)).toBe('date')
    expect(daysOf([typed(date)])).toBeUndefined()
  })

  it('a leap day is one, in a leap year', () => {
    expect(dayProblem([typed('2028-02-29')], 0)).toBeUndefined()
    expect(dayProblem([typed('2027-02-29')], 0)).toBe('date')
  })

  it('the same day twice is refused at the second, overlapping hours where they overlap', () => {
    const twice = [typed('2026-12-24'), typed('2026-12-24')]
    expect([dayProblem(twice, 0), dayProblem(twice, 1)]).toEqual([undefined, 'twice'])
    expect(dayProblem([typed('2026-12-24', [{ from: '8', to: '12' }, { from: '11', to: '13' }])], 0)).toBe('hours')
  })
})
