/**
 * Which parts of a clip stay when it is cut, as edges on the timeline: beginning and end of each part, in seconds, in order.
 * A part can end anywhere, but begin only where decoding can. Pure; the handles are in `Trim`.
 */

import type { ClipPart } from '../../protocol/wire'

/** The shortest part and the shortest gap, in seconds. */
export const SHORTEST = 0.1

/** How far one press of a key moves a handle, in seconds. A slider knows only places that are whole steps apart. */
export const STEP = 0.1
const onStep = (time: number) => Math.round(time / STEP) / Math.round(1 / STEP)

/** The edges as the slider holds them. */
export function onSteps(edges: readonly number[]): number[] {
  return edges.map(onStep)
}

/** Where the slider ends, so that the very end is one of its places. */
export function lastStep(length: number): number {
  return Math.max(STEP, Math.ceil(length / STEP - 1e-6) / Math.round(1 / STEP))
}

/** Which handle of the slider was moved. */
export function movedOf(edges: readonly number[], values: readonly number[]): number | undefined {
  const which = onSteps(edges).findIndex((shown, i) => Math.abs((values[i] ?? shown) - shown) > STEP / 2)
  return which < 0 ? undefined : which
}

/** The clip turned out to be of another length: what went to its end goes there still. */
export function stretched(edges: readonly number[], from: number, to: number): number[] {
  return edges.map((edge, i) => (i === edges.length - 1 && edge > from - STEP / 2 ? to : Math.min(edge, to)))
}

/** A handle moved: a beginning goes from one keyframe to the next in the direction of the move, or to the nearest. */
export function move(edges: readonly number[], which: number, to: number, keyframes: readonly number[]): number[] {
  const old = edges[which] ?? 0
  const before = which > 0 ? (edges[which - 1] ?? 0) : 0
  const after = edges[which + 1] ?? Infinity
  let wanted = to
  if (which % 2 === 0) {
    const places = keyframes.filter((time) => time >= (which > 0 ? before + SHORTEST : 0) && time <= after - SHORTEST)
    const [up, down] = [places.find((time) => time > old), places.findLast((time) => time < old)]
    const nearest = places.reduce((best, time) => (Math.abs(time - to) < Math.abs(best - to) ? time : best), old)
    // A step of a key is shorter than the way to the next keyframe.
    wanted = nearest !== old || Math.abs(to - old) > 0.25 ? nearest : ((to > old ? up : down) ?? old)
  } else {
    wanted = Math.max(to, before + SHORTEST)
    if (after !== Infinity) wanted = Math.min(wanted, after - SHORTEST)
  }
  return edges.map((edge, i) => (i === which ? wanted : edge))
}

/** A gap at `at` that ends where decoding can begin again; undefined if there is no such place behind it in its part. */
export function cutOut(edges: readonly number[], at: number, keyframes: readonly number[]): number[] | undefined {
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const [from, to] = [edges[i] ?? 0, edges[i + 1] ?? 0]
    if (at < from || at >= to) continue
    const end = Math.max(at, from + SHORTEST)
    const next = keyframes.find((time) => time >= end + SHORTEST && time <= to - SHORTEST)
    return next === undefined ? undefined : [...edges.slice(0, i + 1), end, next, ...edges.slice(i + 1)]
  }
  return undefined
}

/** The gap behind part `part` is no more. */
export function close(edges: readonly number[], part: number): number[] {
  return edges.filter((_, i) => i !== part * 2 + 1 && i !== part * 2 + 2)
}

/** Seconds that stay. */
export function left(edges: readonly number[]): number {
  return edges.reduce((sum, edge, i) => sum + (i % 2 === 0 ? -edge : edge), 0)
}

/** Where to go on when playing has reached `at`: itself in a part, else the beginning of the next; undefined: it is over. */
export function goOn(edges: readonly number[], at: number): number | undefined {
  for (let i = 0; i + 1 < edges.length; i += 2) {
    if (at < (edges[i] ?? 0)) return edges[i]
    if (at < (edges[i + 1] ?? 0)) return at
  }
  return undefined
}

export function stretches(edges: readonly number[]): ClipPart[] {
  const parts: ClipPart[] = []
  for (let i = 0; i + 1 < edges.length; i += 2) parts.push({ from_ms: Math.round((edges[i] ?? 0) * 1000), to_ms: Math.round((edges[i + 1] ?? 0) * 1000) })
  return parts
}
