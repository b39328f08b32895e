/**
 * How a scene looks. First it is planned as steps, which are values and can be checked; then the steps are painted. The
 * window and the picture that leaves use the same steps, so what one sees is what leaves.
 */

import { overlap, wholePixels, type Rect } from './geometry'
import { TAGS } from '../../masking'
import { bounds, numberRadius, stroke, whole, type Mark, type Scene } from './scene'

export type Step =
  | { step: 'picture' }
  | { step: 'mark'; mark: Exclude<Mark, { kind: 'redact' }>; number: number }
  /** Solid, in whole pixels, and after everything else: it covers what was drawn before, too. */
  | { step: 'cover'; rect: Rect; tag: string | undefined }

/** Everything in the order it is painted. */
export function plan(scene: Scene): Step[] {
  const steps: Step[] = [{ step: 'picture' }]
  let number = 0
  for (const mark of scene.marks) {
    if (mark.kind === 'redact') continue
    if (mark.kind === 'number') number += 1
    steps.push({ step: 'mark', mark, number })
  }
  for (const mark of scene.marks) {
    const rect = mark.kind === 'redact' ? overlap(wholePixels(mark.rect), whole(scene)) : undefined
    if (rect) steps.push({ step: 'cover', rect, tag: mark.kind === 'redact' && mark.tag ? TAGS[mark.tag] : undefined })
  }
  return steps
}

/** Colours, read from the palette; the same in a light and a dark window, because the picture is looked at in both. */
export interface Inks {
  mark: string
  halo: string
  cover: string
  font: string
}

export type Surface = Pick<
  CanvasRenderingContext2D,
  | 'drawImage' | 'fillRect' | 'beginPath' | 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'arc' | 'roundRect' | 'closePath' | 'stroke' | 'fill' | 'fillText' | 'measureText' | 'save' | 'restore'
  | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineJoin' | 'lineCap' | 'font' | 'textBaseline' | 'textAlign' | 'globalAlpha' | 'globalCompositeOperation' | 'shadowColor' | 'filter'
>

export function paint(surface: Surface, scene: Scene, steps: readonly Step[], inks: Inks, picture?: CanvasImageSource): void {
  const width = stroke(scene)
  for (const step of steps) {
    surface.save()
    if (step.step === 'picture') {
      if (picture) surface.drawImage(picture, 0, 0, scene.width, scene.height)
    } else if (step.step === 'cover') {
      cover(surface, step.rect, inks)
      if (step.tag) label(surface, step.rect, step.tag, inks)
    } else {
      paintMark(surface, step.mark, step.number, width, inks)
    }
    surface.restore()
  }
}

function cover(surface: Surface, { x, y, width, height }: Rect, inks: Inks): void {
  surface.globalAlpha = 1
  surface.globalCompositeOperation = 'source-over'
  surface.filter = 'none'
  surface.fillStyle = inks.cover
  surface.fillRect(x, y, width, height)
}

/** What was covered, in the middle of its box; words that do not fit are left out. */
function label(surface: Surface, { x, y, width, height }: Rect, words: string, inks: Inks): void {
  const size = Math.min(height * 0.6, 28)
  surface.font = `600 ${size}px ${inks.font}`
  if (size < 7 || surface.measureText(words).width > width * 0.95) return
  surface.fillStyle = inks.halo
  surface.textAlign = 'center'
  surface.textBaseline = 'middle'
  surface.fillText(words, x + width / 2, y + height / 2)
}

function paintMark(surface: Surface, mark: Exclude<Mark, { kind: 'redact' }>, number: number, width: number, inks: Inks): void {
  surface.lineJoin = 'round'
  surface.lineCap = 'round'
  const line = (draw: () => void) => {
    for (const [ink, extra] of [[inks.halo, width * 0.9], [inks.mark, 0]] as const) {
      surface.strokeStyle = ink
      surface.lineWidth = width + extra
      surface.beginPath()
      draw()
      surface.stroke()
    }
  }
  switch (mark.kind) {
    case 'arrow': {
      const angle = Math.atan2(mark.to.y - mark.from.y, mark.to.x - mark.from.x)
      const length = Math.hypot(mark.to.x - mark.from.x, mark.to.y - mark.from.y)
      const head = Math.min(width * 5, Math.max(width * 2, length * 0.6))
      line(() => {
        surface.moveTo(mark.from.x, mark.from.y)
        surface.lineTo(mark.to.x, mark.to.y)
        for (const side of [-1, 1]) {
          surface.moveTo(mark.to.x, mark.to.y)
          surface.lineTo(mark.to.x - head * Math.cos(angle + side * 0.5), mark.to.y - head * Math.sin(angle + side * 0.5))
        }
      })
      break
    }
    case 'box': {
      const { x, y, width: w, height: h } = mark.rect
      line(() => surface.roundRect(x, y, w, h, Math.min(width * 1.5, w / 2, h / 2)))
      break
    }
    case 'pen': {
      line(() => {
        const [first, ...rest] = mark.points
        if (!first) return
        surface.moveTo(first.x, first.y)
        for (const [i, point] of rest.entries()) {
          const next = rest[i + 1]
          if (next) surface.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2)
          else surface.lineTo(point.x, point.y)
        }
      })
      break
    }
    case 'number': {
      const radius = numberRadius(width)
      disc(surface, mark.at.x, mark.at.y, radius + width * 0.45, inks.halo)
      disc(surface, mark.at.x, mark.at.y, radius, inks.mark)
      surface.fillStyle = inks.halo
      surface.font = `650 ${Math.round(radius * 1.15)}px ${inks.font}`
      surface.textAlign = 'center'
      surface.textBaseline = 'middle'
      surface.fillText(String(number), mark.at.x, mark.at.y + radius * 0.06)
      break
    }
    case 'text': {
      const { x, y, width: w, height: h } = bounds(mark, width)
      plate(surface, x, y, w, h, width * 0.45, inks.halo)
      plate(surface, x, y, w, h, 0, inks.mark)
      surface.fillStyle = inks.halo
      surface.font = fontOf(width, inks)
      surface.textBaseline = 'middle'
      const lines = mark.words.split('\n')
      const lineHeight = (h - 2 * padding(width)) / lines.length
      for (const [i, words] of lines.entries()) surface.fillText(words, x + 1.5 * padding(width), y + padding(width) + (i + 0.53) * lineHeight)
      break
    }
  }
}

function disc(surface: Surface, x: number, y: number, radius: number, ink: string): void {
  surface.fillStyle = ink
  surface.beginPath()
  surface.arc(x, y, radius, 0, 2 * Math.PI)
  surface.fill()
}

function plate(surface: Surface, x: number, y: number, width: number, height: number, extra: number, ink: string): void {
  surface.fillStyle = ink
  surface.beginPath()
  surface.roundRect(x - extra, y - extra, width + 2 * extra, height + 2 * extra, Math.min(height / 4, 10) + extra)
  surface.fill()
}

/** How much place words take, before they are placed. */
export function measure(surface: Pick<Surface, 'font' | 'measureText'>, words: string, width: number, inks: Inks): { width: number; height: number } {
  surface.font = fontOf(width, inks)
  const lines = words.split('\n')
  const widest = Math.max(...lines.map((line) => surface.measureText(line).width))
  return { width: Math.ceil(widest + 3 * padding(width)), height: Math.ceil(lines.length * textSize(width) * 1.3 + 2 * padding(width)) }
}

export function textSize(width: number): number {
  return Math.round(width * 5.2)
}

function padding(width: number): number {
  return width * 1.4
}

function fontOf(width: number, inks: Inks): string {
  return `600 ${textSize(width)}px ${inks.font}`
}
