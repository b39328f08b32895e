/**
 * The page that says where to ask, made of the desks alone: what stands there is what their owners have set up, so it can't
 * grow old by itself. Its version is the newest change of what it shows; every day with changes is one. Pure.
 */

import type { Audience, Desk, DeskId, Org, Person, PersonId, Posting, SpecialDay, Urgency } from '../../protocol/wire'
import { Calendar } from '../../hours/calendar'
import { clockTime } from '../../hours/typed'
import { offsetUntil } from '../../hours/zone'
import { summary } from '../settings/hours'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Holidays that one plans for. */
const SPECIAL_AHEAD = 60 * DAY
const MOST_SPECIAL = 6
/** More versions than anybody has on a wall. */
const MOST_VERSIONS = 12

/** What of a desk stands on the page. Who is on duty when, and how calls are carried, does not. */
const SHOWN = new Set(['opened', 'name', 'purpose', 'owner', 'audience', 'hours', 'zone', 'closed', 'guidelines', 'hints', 'fields', 'deputy', 'vetters', 'special_days', 'standards', 'escalation', 'posting'])

export interface Named {
  name: string
  /** Phone or extension; may be empty. */
  phone: string
}

export interface Promised {
  urgency: Urgency
  /** Milliseconds; undefined: nothing is promised. */
  first: number | undefined
  solve: number | undefined
}

export interface Entry {
  id: DeskId
  name: string
  purpose: string
  guidelines: string
  audience: Audience
  posting: Posting
  vetters: string[]
  hours: string
  zone: string
  special: { at: number; name: string; hours: string }[]
  hints: readonly string[]
  fields: readonly string[]
  owner: Named
  /** Nobody in particular: all members stand in. */
  deputy: Named | undefined
  standards: Promised[]
  escalation: string | undefined
  /** What of it was changed since the version it is compared with. */
  changed: string[]
}

export interface Sheet {
  org: string
  /** The newest change of what is shown; undefined: nothing was ever changed. */
  version: number | undefined
  /** Earlier versions, the newest first: one for each day on which something changed. */
  earlier: number[]
  desks: Entry[]
  /** Desks that were closed for good since then. */
  gone: string[]
}

export interface Floor {
  org: Org | undefined
  desks: ReadonlyMap<DeskId, Desk>
  people: ReadonlyMap<PersonId, Person>
}

/** `since`: with which version it is compared. */
export function sheetOf({ org, desks, people }: Floor, since: number | undefined, now: number): Sheet {
  const orgZone = org?.zone ?? 'UTC'
  const all = [...desks.values()].sort((a, b) => a.name.localeCompare(b.name))
  const [version, ...earlier] = versionsOf(all, orgZone)
  const named = (id: PersonId): Named => ({ name: people.get(id)?.name ?? '', phone: people.get(id)?.phone ?? '' })
  const changesOf = (desk: Desk) => (since === undefined ? [] : [...new Set(shownChanges(desk).filter(({ at }) => at > since).map(({ field }) => field))])
  return {
    org: org?.name ?? '',
    version,
    earlier: earlier.slice(0, MOST_VERSIONS),
    gone: all.filter((desk) => desk.closed && changesOf(desk).includes('closed')).map(({ name }) => name),
    desks: all.filter(({ closed }) => !closed).map((desk) => ({
      id: desk.id,
      name: desk.name,
      purpose: desk.purpose,
      guidelines: desk.service.guidelines,
      audience: desk.audience,
      posting: desk.service.posting,
      vetters: desk.service.vetters.map((id) => named(id).name).filter(Boolean),
      hours: summary(desk.hours),
      zone: desk.zone || orgZone,
      special: desk.service.special_days
        .map((day) => ({ at: noonOf(day, desk.zone || orgZone), name: day.name, hours: day.open.map(({ from, to }) => `${clockTime(from)}–${clockTime(to)}`).join(', ') }))
        .filter(({ at }) => at > now - DAY / 2 && at < now + SPECIAL_AHEAD)
        .sort((a, b) => a.at - b.at)
        .slice(0, MOST_SPECIAL),
      hints: desk.service.hints,
      fields: desk.service.fields,
      owner: named(desk.owner),
      deputy: desk.service.deputy.kind === 'person' ? named(desk.service.deputy.person) : undefined,
      standards: promised(desk),
      escalation: desk.service.escalation ? desks.get(desk.service.escalation)?.name : undefined,
      changed: changesOf(desk),
    })),
  }
}

/** Whether the desk is open, for whoever reads it on a screen. */
export function isOpen(desk: Desk, orgZone: string, now: number): boolean {
  return Calendar.of(desk, orgZone).isOpen(now)
}

function shownChanges({ history }: Desk): Desk['history'] {
  return history.filter(({ field }) => SHOWN.has(field))
}

/** The last change of each day with changes, the newest first. */
function versionsOf(desks: readonly Desk[], zone: string): number[] {
  const days = new Map<number, number>()
  for (const { at } of desks.flatMap(shownChanges)) {
    const day = Math.floor((at + offsetUntil(zone, at).ahead) / DAY)
    days.set(day, Math.max(days.get(day) ?? 0, at))
  }
  return [...days.values()].sort((a, b) => b - a)
}

function promised({ service: { standards } }: Desk): Promised[] {
  const ms = (minutes: number) => (minutes > 0 ? minutes * MINUTE : undefined)
  const all = (['live', 'today', 'whenever'] as const).map((urgency) => ({ urgency, first: ms(standards[urgency].first_response), solve: ms(standards[urgency].resolution) }))
  return all.filter(({ first, solve }) => first !== undefined || solve !== undefined)
}

function noonOf({ date: { year, month, day } }: SpecialDay, zone: string): number {
  const noon = Date.UTC(year, month - 1, day, 12)
  return noon - offsetUntil(zone, noon).ahead
}
