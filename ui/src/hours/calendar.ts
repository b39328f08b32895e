/**
 * A desk's opening hours on the screen: is it open, until when, and how much open time has passed, so that clocks tick
 * between two answers of the server. The same rule as the server's (an instant is open if the desk's wall shows a minute
 * that is), held together by `tests/vectors/time.json`. What falls due when is decided by the server alone.
 */

import { offsetUntil } from './zone'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** How far ahead anything is looked for. */
const HORIZON = 10 * 366 * DAY

/** Minutes since midnight on the wall. */
export interface Stretch {
  from: number
  to: number
}

/** One version of the hours, as the server sends them. */
export interface Hours {
  /** Since when they hold; null: since ever. */
  in_force_from: number | null
  zone: string
  week: readonly (Stretch & { weekday: number })[]
  days: readonly { date: { year: number; month: number; day: number }; open: readonly Stretch[] }[]
}

/** What a desk says of its hours. */
export interface DeskHours {
  hours: Hours['week']
  /** Empty: the organisation's. */
  zone: string
  hours_since: number | null
  earlier_hours: readonly Hours[]
  service: { special_days: Hours['days'] }
}

/** A stretch of opening; `to` is no longer in it. */
export interface Span {
  from: number
  to: number
}

interface Version {
  from: number
  zone: string
  week: Stretch[][]
  days: Map<number, Stretch[]>
}

export class Calendar {
  readonly #versions: Version[]

  constructor(versions: readonly Hours[]) {
    this.#versions = versions.map(({ in_force_from, zone, week, days }) => ({
      from: in_force_from ?? -Infinity,
      zone,
      week: [1, 2, 3, 4, 5, 6, 7].map((weekday) => inOrder(week.filter((open) => open.weekday === weekday))),
      days: new Map(days.map(({ date, open }) => [Date.UTC(date.year, date.month - 1, date.day) / DAY, inOrder(open)])),
    }))
  }

  /** The calendar of a desk, of its present and its earlier hours. */
  static of(desk: DeskHours, orgZone: string): Calendar {
    const zone = desk.zone || orgZone
    return new Calendar([...desk.earlier_hours, { in_force_from: desk.hours_since, zone, week: desk.hours, days: desk.service.special_days }])
  }

  isOpen(at: number): boolean {
    return !this.#pieces(at, at + 1).next().done
  }

  /** Open milliseconds from one instant to another. */
  between(from: number, to: number): number {
    let open = 0
    for (const piece of this.#pieces(from, to)) open += piece.to - piece.from
    return open
  }

  /** When so much open time has passed; null: not within ten years. */
  deadline(from: number, open: number): number | null {
    if (open <= 0) return from
    let left = open
    for (const piece of this.#pieces(from, from + HORIZON)) {
      if (left <= piece.to - piece.from) return piece.from + left
      left -= piece.to - piece.from
    }
    return null
  }

  /** When it opens next: `at` itself if it is open. */
  nextOpen(at: number): number | null {
    const first = this.#pieces(at, at + HORIZON).next()
    return first.done ? null : first.value.from
  }

  /** When it closes next, open or not; null: never. */
  nextClose(at: number): number | null {
    let end: number | null = null
    for (const piece of this.#pieces(at, at + HORIZON)) {
      if (end !== null && piece.from > end) return end
      end = piece.to
    }
    return end !== null && end < at + HORIZON ? end : null
  }

  /** Open pieces in order; two may touch. Cut where the version or the wall's offset changes. */
  *#pieces(from: number, to: number): Generator<Span> {
    let at = from
    let version = Math.max(0, this.#versions.findLastIndex((one) => one.from <= from))
    while (at < to) {
      const { zone, week, days } = this.#versions[version]!
      const { ahead, until } = offsetUntil(zone, at)
      const next = this.#versions[version + 1]?.from ?? Infinity
      const end = Math.min(until, next, to)
      for (let day = Math.floor((at + ahead) / DAY); day * DAY - ahead < end; day++) {
        const midnight = day * DAY - ahead
        for (const open of days.get(day) ?? week[(day + 3) % 7]!) {
          const piece = { from: Math.max(at, midnight + open.from * MINUTE), to: Math.min(end, midnight + open.to * MINUTE) }
          if (piece.from < piece.to) yield piece
        }
      }
      at = end
      if (at >= next) version++
    }
  }
}

function inOrder(stretches: readonly Stretch[]): Stretch[] {
  return stretches.map(({ from, to }) => ({ from, to })).sort((one, other) => one.from - other.from)
}
