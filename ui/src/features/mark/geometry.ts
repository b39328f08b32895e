/** Points and rectangles in picture pixels. Nothing here knows what is drawn. */

export interface Point {
  x: number
  y: number
}

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

/** A corner or an edge of a rectangle, as on a compass. */
export type Handle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w'
export const HANDLES: readonly Handle[] = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w']

/** The rectangle between two corners, whichever they are. */
export function between(a: Point, b: Point): Rect {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) }
}

export function around(points: readonly Point[]): Rect {
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  return between({ x: Math.min(...xs), y: Math.min(...ys) }, { x: Math.max(...xs), y: Math.max(...ys) })
}

export function grown(rect: Rect, by: number): Rect {
  return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by }
}

export function overlap(a: Rect, b: Rect): Rect | undefined {
  const x = Math.max(a.x, b.x)
  const y = Math.max(a.y, b.y)
  const width = Math.min(a.x + a.width, b.x + b.width) - x
  const height = Math.min(a.y + a.height, b.y + b.height) - y
  return width > 0 && height > 0 ? { x, y, width, height } : undefined
}

export function contains(rect: Rect, { x, y }: Point): boolean {
  return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height
}

/** The smallest rectangle of whole pixels that covers `rect`: half a pixel is never half covered. */
export function wholePixels(rect: Rect): Rect {
  const x = Math.floor(rect.x)
  const y = Math.floor(rect.y)
  return { x, y, width: Math.ceil(rect.x + rect.width) - x, height: Math.ceil(rect.y + rect.height) - y }
}

export function clampPoint({ x, y }: Point, to: Rect): Point {
  return { x: clamp(x, to.x, to.x + to.width), y: clamp(y, to.y, to.y + to.height) }
}

/** Moved back inside `to` without changing its size, as far as it fits. */
export function keptInside(rect: Rect, to: Rect): Rect {
  const width = Math.min(rect.width, to.width)
  const height = Math.min(rect.height, to.height)
  return { x: clamp(rect.x, to.x, to.x + to.width - width), y: clamp(rect.y, to.y, to.y + to.height - height), width, height }
}

/** `rect` with one handle dragged to `point`; dragged past the other side it turns over. */
export function dragged(rect: Rect, handle: Handle, point: Point): Rect {
  const left = handle.includes('w') ? point.x : rect.x
  const right = handle.includes('e') ? point.x : rect.x + rect.width
  const top = handle.includes('n') ? point.y : rect.y
  const bottom = handle.includes('s') ? point.y : rect.y + rect.height
  return between({ x: left, y: top }, { x: right, y: bottom })
}

export function handlePoint(rect: Rect, handle: Handle): Point {
  const part = (before: string, after: string) => (handle.includes(before) ? 0 : handle.includes(after) ? 1 : 0.5)
  return { x: rect.x + rect.width * part('w', 'e'), y: rect.y + rect.height * part('n', 's') }
}

/** Carries a point along when the rectangle it belongs to becomes another. */
export function carried({ x, y }: Point, from: Rect, to: Rect): Point {
  const along = (at: number, start: number, length: number, toStart: number, toLength: number) =>
    toStart + (length === 0 ? 0 : ((at - start) / length) * toLength)
  return { x: along(x, from.x, from.width, to.x, to.width), y: along(y, from.y, from.height, to.y, to.height) }
}

/** How far a point is from a straight line between two others. */
export function distance(point: Point, a: Point, b: Point): number {
  const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
  const along = length === 0 ? 0 : clamp(((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length, 0, 1)
  return Math.hypot(point.x - (a.x + along * (b.x - a.x)), point.y - (a.y + along * (b.y - a.y)))
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(Math.max(low, high), value))
}
