/**
 * Who is on duty when, between how it is kept and how people type it; where the week has hours with nobody; who is on duty
 * now. Without any slot every helper is. Pure; the server says which hours of the next open day are missing.
 */

import type { Desk, DutySlot, OpenInterval, PersonId } from '../../protocol/wire'
import { clockTime, minutes } from '../../hours/typed'
import { offsetUntil } from '../../hours/zone'

/** One stretch of duty as it stands in its fields. */
export interface SlotDraft {
  person: PersonId
  from: string
  to: string
}

/** Seven days from Monday on. */
export type WeekDraft = readonly (readonly SlotDraft[])[]

export type SlotProblem = 'form' | 'order' | 'overlap'

export interface Span {
  from: number
  to: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export function draftOf(slots: readonly DutySlot[]): WeekDraft {
  const sorted = slots.toSorted((a, b) => a.from - b.from || a.to - b.to)
  return Array.from({ length: 7 }, (_, day) => sorted.filter(({ weekday }) => weekday === day + 1).map(({ person, from, to }) => ({ person, from: clockTime(from), to: clockTime(to) })))
}

/** What is wrong with a slot of a day: nobody is on duty twice at once. */
export function slotProblem(day: readonly SlotDraft[], index: number): SlotProblem | undefined {
  const slot = day[index]
  const span = slot && spanOf(slot)
  if (!slot) return undefined
  if (!span) return 'form'
  if (span.from >= span.to) return 'order'
  const overlaps = day.some((other, i) => {
    const theirs = spanOf(other)
    return i < index && other.person === slot.person && theirs !== undefined && theirs.from < span.to && span.from < theirs.to
  })
  return overlaps ? 'overlap' : undefined
}

/** The slots as they are kept, or nothing as long as something is wrong. */
export function slotsOf(week: WeekDraft): DutySlot[] | undefined {
  const slots: DutySlot[] = []
  for (const [day, all] of week.entries()) {
    for (const [index, slot] of all.entries()) {
      const span = spanOf(slot)
      if (!span || slotProblem(all, index)) return undefined
      slots.push({ weekday: day + 1, ...span, person: slot.person })
    }
  }
  return slots.sort((a, b) => a.weekday - b.weekday || a.from - b.from || a.to - b.to)
}

/** Opening hours of one weekday, and those of them in which nobody is on duty. What is no time yet covers nothing. */
export function dayOf(hours: readonly OpenInterval[], week: WeekDraft, day: number): { open: Span[]; nobody: Span[] } {
  const open = hours.filter(({ weekday }) => weekday === day + 1).map(({ from, to }) => ({ from, to })).sort((a, b) => a.from - b.from)
  if (week.every((slots) => slots.length === 0)) return { open, nobody: [] }
  const covered = (week[day] ?? []).flatMap((slot) => spanOf(slot) ?? [])
  return { open, nobody: open.flatMap((span) => without(span, covered)) }
}

/** Who is on duty at a moment: people, or every helper. Whether the desk is open is not asked. */
export function onDuty({ rota, helpers, owner, zone }: Pick<Desk, 'rota' | 'helpers' | 'owner' | 'zone'>, orgZone: string, now: number): PersonId[] | 'everyone' {
  if (rota.length === 0) return helpers.kind === 'everyone' ? 'everyone' : [...new Set([...helpers.people, owner])]
  const local = now + offsetUntil(zone || orgZone, now).ahead
  const day = Math.floor(local / DAY)
  const [weekday, minute] = [((((day + 3) % 7) + 7) % 7) + 1, Math.floor((local - day * DAY) / MINUTE)]
  return [...new Set(rota.filter((slot) => slot.weekday === weekday && slot.from <= minute && minute < slot.to).map(({ person }) => person))]
}

/** From the first to the last minute that has to be drawn, in whole hours. */
export function extent(hours: readonly OpenInterval[], week: WeekDraft): Span {
  const spans = [...hours, ...week.flat().flatMap((slot) => spanOf(slot) ?? [])]
  if (spans.length === 0) return { from: 8 * 60, to: 18 * 60 }
  return { from: Math.floor(Math.min(...spans.map(({ from }) => from)) / 60) * 60, to: Math.ceil(Math.max(...spans.map(({ to }) => to)) / 60) * 60 }
}

export function spanOf({ from, to }: Pick<SlotDraft, 'from' | 'to'>): Span | undefined {
  const [start, end] = [minutes(from), minutes(to)]
  return start === undefined || end === undefined ? undefined : { from: start, to: end }
}

function without(span: Span, covered: readonly Span[]): Span[] {
  let left = [span]
  for (const one of covered) left = left.flatMap(({ from, to }) => [{ from, to: Math.min(to, one.from) }, { from: Math.max(from, one.to), to }]).filter(({ from, to }) => from < to)
  return left
}
