/**
 * From the picker's window to the desktop and back (pure). The window lies over one display, which may begin anywhere on the
 * desktop and whose pixels may be scaled; areas are in pixels of the desktop.
 */

import { between, clamp, clampPoint, keptInside, type Point, type Rect } from '../mark/geometry'

/** The display under the window, and how many of its pixels one of the window's is. */
export interface Cover {
  display: Rect
  scale: number
}

/** Smaller than this on either side, in pixels of the desktop, nothing is recorded. */
export const SMALLEST = 32

export function cover(display: Rect, windowWidth: number): Cover {
  return { display, scale: windowWidth > 0 ? display.width / windowWidth : 1 }
}

export function pointOnDesktop({ display, scale }: Cover, { x, y }: Point): Point {
  return { x: display.x + Math.round(x * scale), y: display.y + Math.round(y * scale) }
}

/** The area between two points of the window, on the display; undefined while it is too small to mean one. */
export function areaBetween(on: Cover, from: Point, to: Point): Rect | undefined {
  const area = between(clampPoint(pointOnDesktop(on, from), on.display), clampPoint(pointOnDesktop(on, to), on.display))
  return area.width < SMALLEST || area.height < SMALLEST ? undefined : area
}

/** Where an area of the desktop lies in the window. */
export function inWindow({ display, scale }: Cover, { x, y, width, height }: Rect): Rect {
  return { x: (x - display.x) / scale, y: (y - display.y) / scale, width: width / scale, height: height / scale }
}

/** The first area of somebody who draws without a pointer: the middle of the display. */
export function middle({ display: { x, y, width, height } }: Cover): Rect {
  return { x: x + Math.round(width / 4), y: y + Math.round(height / 4), width: Math.round(width / 2), height: Math.round(height / 2) }
}

const ARROWS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const STEP = 16

/** An arrow key moves the area, with Shift it sizes it, with Ctrl by single pixels; it stays on the display. Undefined: another key. */
export function arrowed(on: Cover, area: Rect, { key, shiftKey, ctrlKey }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey'>): Rect | undefined {
  const [dx, dy] = ARROWS[key] ?? []
  if (dx === undefined || dy === undefined) return undefined
  const step = ctrlKey ? 1 : STEP
  if (!shiftKey) return keptInside({ ...area, x: area.x + dx * step, y: area.y + dy * step }, on.display)
  const { x, y, width, height } = on.display
  return { ...area, width: clamp(area.width + dx * step, SMALLEST, x + width - area.x), height: clamp(area.height + dy * step, SMALLEST, y + height - area.y) }
}

/** How the still of all displays has to lie so that the window shows its part of it. */
export function still({ display, scale }: Cover, displays: readonly Rect[]): { backgroundSize: string; backgroundPosition: string } {
  const [left, top] = [Math.min(...displays.map(({ x }) => x)), Math.min(...displays.map(({ y }) => y))]
  const [right, bottom] = [Math.max(...displays.map(({ x, width }) => x + width)), Math.max(...displays.map(({ y, height }) => y + height))]
  const px = (value: number) => `${value / scale}px`
  return { backgroundSize: `${px(right - left)} ${px(bottom - top)}`, backgroundPosition: `${px(left - display.x)} ${px(top - display.y)}` }
}

