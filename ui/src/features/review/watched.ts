/** Which parts of a clip its recorder has watched, in seconds: they follow each other and never touch. Pure. */

import type { ClipId, ClipPart } from '../../protocol/wire'

export type Seen = readonly (readonly [number, number])[]

/** What is left of a clip when it counts as watched, in seconds: players round, and tell where they are four times a second. */
export const ENOUGH = 0.6
/** Parts nearer than this to each other are one. */
const TOUCH = 0.1

/** With one more part. */
export function add(seen: Seen, from: number, to: number): Seen {
  if (!(to > from)) return seen
  const apart = seen.filter(([start, end]) => end < from - TOUCH || start > to + TOUCH)
  const joined = seen.filter((part) => !apart.includes(part))
  const whole = [Math.min(from, ...joined.map(([start]) => start)), Math.max(to, ...joined.map(([, end]) => end))] as const
  return [...apart, whole].sort(([a], [b]) => a - b)
}

/** Seconds of a clip of this length that were not watched, and where the first of them is. */
export function unseen(seen: Seen, length: number): { left: number; first: number } {
  let [at, left, first] = [0, 0, length]
  for (const [from, to] of [...seen, [length, length] as const]) {
    const gap = Math.min(from, length) - at
    if (gap > TOUCH) {
      left += gap
      first = Math.min(first, at)
    }
    at = Math.max(at, to)
  }
  return { left, first }
}

export function isWatched(seen: Seen, length: number): boolean {
  return length > 0 && unseen(seen, length).left <= ENOUGH
}

/** The same moments once only these parts of the clip are left. */
export function afterCut(seen: Seen, keep: readonly ClipPart[]): Seen {
  let before = 0
  let after: Seen = []
  for (const { from_ms, to_ms } of keep) {
    const [begin, end] = [from_ms / 1000, to_ms / 1000]
    for (const [from, to] of seen) after = add(after, Math.max(from, begin) - begin + before, Math.min(to, end) - begin + before)
    before += end - begin
  }
  return after
}

/** What was watched in this window, while its screen comes and goes. */
export const watchedHere = new Map<ClipId, Seen>()
