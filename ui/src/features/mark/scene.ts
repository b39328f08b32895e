/**
 * What was marked on a picture, as values: a scene never changes, every act makes a new one. How it looks is in `paint.ts`,
 * how it leaves in `flatten.ts`.
 */

import type { FindKind } from '../../masking'
import { around, between, carried, clampPoint, contains, distance, grown, keptInside, overlap, type Point, type Rect } from './geometry'

export type MarkId = number

export type Mark =
  | { id: MarkId; kind: 'arrow'; from: Point; to: Point }
  | { id: MarkId; kind: 'box'; rect: Rect }
  | { id: MarkId; kind: 'pen'; points: readonly Point[] }
  /** `rect` is what the words take up, measured when they were placed. */
  | { id: MarkId; kind: 'text'; rect: Rect; words: string }
  /** Numbers count by themselves in the order they were placed, so that taking one away leaves no gap. */
  | { id: MarkId; kind: 'number'; at: Point }
  /** `fixed`: found by the machine and not allowed to leave, e.g. a card number. `tag`: what was found there. */
  | { id: MarkId; kind: 'redact'; rect: Rect; fixed: boolean; tag?: FindKind }

export type MarkKind = Mark['kind']
export type NewMark = Mark extends infer M ? (M extends Mark ? Omit<M, 'id'> : never) : never

export interface Scene {
  readonly width: number
  readonly height: number
  /** What is kept of the picture; everything outside is dropped. */
  readonly crop: Rect
  /** In the order they were made. */
  readonly marks: readonly Mark[]
  readonly nextId: MarkId
}

/** Boxes around what must not leave, found before the picture is shown, come as `found`. */
export function newScene(width: number, height: number, found: readonly { rect: Rect; fixed: boolean; tag?: FindKind }[] = []): Scene {
  const bare: Scene = { width, height, crop: { x: 0, y: 0, width, height }, marks: [], nextId: 1 }
  return found.reduce((scene, one) => added(scene, { kind: 'redact', ...one }), bare)
}

export function whole({ width, height }: Scene): Rect {
  return { x: 0, y: 0, width, height }
}

/** Width of a stroke: about the same to the eye on a small and a large picture. */
export function stroke({ width, height }: Pick<Scene, 'width' | 'height'>): number {
  return Math.max(3, Math.round(Math.max(width, height) / 420))
}

export function added(scene: Scene, mark: NewMark): Scene {
  const made = { ...mark, id: scene.nextId } as Mark
  return { ...scene, marks: [...scene.marks, made], nextId: scene.nextId + 1 }
}

export function changed(scene: Scene, mark: Mark): Scene {
  return { ...scene, marks: scene.marks.map((one) => (one.id === mark.id ? mark : one)) }
}

/** Without the mark; what is fixed stays. */
export function removed(scene: Scene, id: MarkId): Scene {
  return { ...scene, marks: scene.marks.filter((mark) => mark.id !== id || isFixed(mark)) }
}

export function isFixed(mark: Mark): boolean {
  return mark.kind === 'redact' && mark.fixed
}

/** Smallest side of what is kept, in pixels. */
export const SMALLEST_CROP = 16

/** With another crop, in whole pixels and inside the picture; too small a one changes nothing. */
export function cropped(scene: Scene, rect: Rect): Scene {
  const inside = overlap(rect, whole(scene))
  if (!inside || inside.width < SMALLEST_CROP || inside.height < SMALLEST_CROP) return scene
  const x = Math.round(inside.x)
  const y = Math.round(inside.y)
  return { ...scene, crop: { x, y, width: Math.round(inside.x + inside.width) - x, height: Math.round(inside.y + inside.height) - y } }
}

export function isCropped(scene: Scene): boolean {
  return scene.crop.width < scene.width || scene.crop.height < scene.height
}

export function find(scene: Scene, id: MarkId | undefined): Mark | undefined {
  return scene.marks.find((mark) => mark.id === id)
}

/** Whether anything of what leaves was redacted. */
export function isRedacted(scene: Scene): boolean {
  return scene.marks.some((mark) => mark.kind === 'redact' && overlap(mark.rect, scene.crop) !== undefined)
}

/** What a mark takes up. */
export function bounds(mark: Mark, stroke: number): Rect {
  switch (mark.kind) {
    case 'arrow': return between(mark.from, mark.to)
    case 'pen': return around(mark.points)
    case 'number': return grown({ ...mark.at, width: 0, height: 0 }, numberRadius(stroke))
    case 'box':
    case 'text':
    case 'redact': return mark.rect
  }
}

export function numberRadius(stroke: number): number {
  return stroke * 4
}

/** Whether a mark has a size of its own to change. */
export function isSizable(mark: Mark): boolean {
  return mark.kind !== 'number' && mark.kind !== 'text'
}

/** The mark brought into other bounds; words and numbers only move. */
export function placed(mark: Mark, to: Rect, stroke: number): Mark {
  const from = bounds(mark, stroke)
  switch (mark.kind) {
    case 'arrow': return { ...mark, from: carried(mark.from, from, to), to: carried(mark.to, from, to) }
    case 'pen': return { ...mark, points: mark.points.map((point) => carried(point, from, to)) }
    case 'number': return { ...mark, at: { x: to.x + from.width / 2, y: to.y + from.height / 2 } }
    case 'text': return { ...mark, rect: { ...mark.rect, x: to.x, y: to.y } }
    case 'box':
    case 'redact': return { ...mark, rect: to }
  }
}

/** Moved by some pixels, not out of the picture. */
export function moved(scene: Scene, mark: Mark, dx: number, dy: number): Mark {
  const from = bounds(mark, stroke(scene))
  return placed(mark, keptInside({ ...from, x: from.x + dx, y: from.y + dy }, whole(scene)), stroke(scene))
}

/** Wider and higher by some pixels, its upper left corner where it was. */
export function sized(scene: Scene, mark: Mark, dw: number, dh: number): Mark {
  if (!isSizable(mark)) return mark
  const from = bounds(mark, stroke(scene))
  const end = clampPoint({ x: from.x + Math.max(1, from.width + dw), y: from.y + Math.max(1, from.height + dh) }, whole(scene))
  return placed(mark, between(from, end), stroke(scene))
}

/** The mark under a point, the uppermost first; `slack` is how near is near enough. */
export function hit(scene: Scene, point: Point, slack: number): Mark | undefined {
  const drawn = [...scene.marks.filter((mark) => mark.kind !== 'redact'), ...scene.marks.filter((mark) => mark.kind === 'redact')]
  const near = slack + stroke(scene) / 2
  return drawn.findLast((mark) => {
    if (mark.kind === 'arrow') return distance(point, mark.from, mark.to) <= near
    if (mark.kind === 'pen') return mark.points.some((at, i) => distance(point, mark.points[i - 1] ?? at, at) <= near)
    const rect = bounds(mark, stroke(scene))
    if (mark.kind === 'box') return contains(grown(rect, near), point) && !contains(grown(rect, -near), point)
    return contains(grown(rect, slack), point)
  })
}

/** The mark after or before another in the order they were made, going round. */
export function neighbour(scene: Scene, id: MarkId | undefined, step: 1 | -1): Mark | undefined {
  const count = scene.marks.length
  if (count === 0) return undefined
  const at = scene.marks.findIndex((mark) => mark.id === id)
  if (at < 0) return step === 1 ? scene.marks[0] : scene.marks[count - 1]
  return scene.marks[(at + step + count) % count]
}

/** A mark for those who place it by keys: in the middle of what is seen, then moved and sized. */
export function inTheMiddle(kind: Exclude<MarkKind, 'text'>, seen: Rect): NewMark {
  const width = Math.round(seen.width / 5)
  const height = Math.round(seen.height / 8)
  const rect = { x: Math.round(seen.x + (seen.width - width) / 2), y: Math.round(seen.y + (seen.height - height) / 2), width, height }
  const start = { x: rect.x, y: rect.y + height }
  const end = { x: rect.x + width, y: rect.y }
  switch (kind) {
    case 'arrow': return { kind, from: start, to: end }
    case 'pen': return { kind, points: [start, { x: end.x, y: start.y }] }
    case 'number': return { kind, at: { x: rect.x + width / 2, y: rect.y + height / 2 } }
    case 'box': return { kind, rect }
    case 'redact': return { kind, rect, fixed: false }
  }
}
