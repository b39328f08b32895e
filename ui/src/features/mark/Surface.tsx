/** The picture with its marks, and what pointers do on it. Keys belong to the board around it. */

import { useEffect, useLayoutEffect, useRef, useState, type Dispatch, type PointerEvent, type RefObject } from 'react'
import type { Area } from '../../host/host'
import { text } from '../../text'
import { markText } from '../../text/mark'
import { readable, type Act, type Board } from './board'
import { between, clampPoint, contains, dragged, handlePoint, HANDLES, type Handle, type Point, type Rect } from './geometry'
import { inks } from './inks'
import { measure, paint, plan } from './paint'
import { added, bounds, changed, cropped, find, hit, isSizable, moved, placed, stroke, whole, type Mark, type MarkId, type NewMark, type Scene } from './scene'
import styles from './Mark.module.css'

/** Nearer than this, in window pixels, a handle is meant. */
const NEAR = 9
/** Shorter than this, in window pixels, a drag is a click. */
const CLICK = 4

type Drag =
  // The tool is that of its beginning: on a busy machine a key arrives before the movement that came first.
  | { what: 'draw'; tool: Board['tool']; start: Point; points: Point[] }
  | { what: 'crop'; start: Point; handle: Handle | undefined }
  | { what: 'move'; start: Point; mark: Mark }
  | { what: 'size'; start: Point; mark: Mark; handle: Handle }
  | { what: 'end'; start: Point; mark: Extract<Mark, { kind: 'arrow' }>; end: 'from' | 'to' }

export interface Writing {
  at: Point
  words: string
  /** The text that is being changed. */
  id: MarkId | undefined
}

export function Surface(props: {
  picture: ImageBitmap
  board: Board
  act: Dispatch<Act>
  scale: number
  areas: readonly Area[]
  writing: Writing | undefined
  onWriting: (writing: Writing | undefined) => void
  onWritten: (writing: Writing) => void
  hintId: string
  /** While the button is down, what is being drawn is not in the scene yet. */
  onDrawing: (on: boolean) => void
  ref: RefObject<HTMLDivElement | null>
}) {
  const { picture, board, act, scale, areas, writing, onWriting, onWritten, hintId, onDrawing, ref } = props
  const scene = board.history.now
  const drag = useRef<Drag | undefined>(undefined)
  const [preview, setPreview] = useState<Scene | undefined>()
  const [over, setOver] = useState<Area | undefined>()
  const shown = preview ?? scene
  const ground = useRef<HTMLCanvasElement>(null)
  const marks = useRef<HTMLCanvasElement>(null)
  const width = stroke(scene)

  useLayoutEffect(() => {
    ground.current?.getContext('2d')?.drawImage(picture, 0, 0)
  }, [picture])
  useEffect(() => {
    const context = marks.current?.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, shown.width, shown.height)
    const hidden = writing?.id
    const scene = hidden === undefined ? shown : { ...shown, marks: shown.marks.filter((mark) => mark.id !== hidden) }
    paint(context, scene, plan(scene).filter(({ step }) => step !== 'picture'), inks())
  }, [shown, writing?.id])

  const pointOf = (event: PointerEvent<HTMLElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect()
    return clampPoint({ x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale }, whole(scene))
  }
  const selected = find(shown, board.selected)
  const outlined = readable(board)

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || event.target instanceof HTMLTextAreaElement) return
    // Pressing elsewhere takes the focus from the words, which places them.
    if (writing) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const at = pointOf(event)
    drag.current = begin(board, at, NEAR / scale, width)
    onDrawing(drag.current !== undefined)
    if (drag.current?.what === 'move') act({ act: 'select', id: drag.current.mark.id })
    else if (drag.current === undefined) act({ act: 'select', id: undefined })
  }
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const at = pointOf(event)
    const now = drag.current
    if (!now) {
      setOver(board.choosing ? windowAt(areas, at) : undefined)
      return
    }
    if (now.what === 'draw') now.points.push(at)
    setPreview(after(scene, now, at, width))
  }
  const stop = () => {
    drag.current = undefined
    onDrawing(false)
    setPreview(undefined)
  }
  const up = (event: PointerEvent<HTMLDivElement>) => {
    const now = drag.current
    stop()
    if (!now) return
    const at = pointOf(event)
    const clicked = Math.hypot(at.x - now.start.x, at.y - now.start.y) * scale < CLICK
    if (now.what === 'draw' && now.tool === 'text') onWriting({ at, words: '', id: undefined })
    else if (now.what === 'crop' && clicked) {
      const area = board.choosing ? windowAt(areas, at) : undefined
      if (area) act({ act: 'crop', rect: area })
    } else if (now.what === 'crop') act({ act: 'crop', rect: cropOf(scene, now, at) })
    else if (now.what === 'draw') {
      const mark = drawn(now, at)
      if (mark && (!clicked || mark.kind === 'number')) act({ act: 'add', mark })
    } else if (!clicked) {
      const mark = find(after(scene, now, at, width), now.mark.id)
      if (mark) act({ act: 'change', mark })
    }
  }
  const rewrite = (event: PointerEvent<HTMLDivElement> | React.MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const mark = hit(scene, { x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale }, NEAR / scale)
    if (mark?.kind === 'text') onWriting({ at: mark.rect, words: mark.words, id: mark.id })
  }

  return (
    // `application` says that it handles keys and pointers itself, which the rule does not know.
    <div
      ref={ref}
      className={styles.surface}
      style={{ width: scene.width * scale, height: scene.height * scale }}
      role="application"
      // A surface to draw on takes keys itself: arrow keys move what is selected.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={text.mark.canvas}
      aria-describedby={hintId}
      data-tool={board.tool}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={stop}
      onPointerLeave={() => setOver(undefined)}
      onDoubleClick={rewrite}
    >
      <canvas ref={ground} width={scene.width} height={scene.height} className={styles.layer} data-large={scale >= 2 || undefined} aria-hidden="true" />
      <canvas ref={marks} width={scene.width} height={scene.height} className={styles.layer} aria-hidden="true" />
      <svg className={styles.layer} viewBox={`0 0 ${scene.width} ${scene.height}`} aria-hidden="true">
        <path className={styles.outside} fillRule="evenodd" d={`${outline(whole(shown))}${outline(over ?? (board.choosing && !preview ? whole(shown) : shown.crop))}`} />
        {outlined.map(({ kind, x, y, width, height }) => (
          <rect key={`${kind}${x},${y}`} className={styles.readable} x={x} y={y} width={width} height={height} />
        ))}
        {over && <rect className={styles.window} x={over.x} y={over.y} width={over.width} height={over.height} />}
        {board.tool === 'crop' && !board.choosing && <Frame rect={shown.crop} scale={scale} sizable />}
        {selected && board.tool !== 'crop' && !writing && <Selection mark={selected} scale={scale} stroke={width} />}
      </svg>
      {writing && <Words key={writing.id ?? 'new'} writing={writing} scale={scale} scene={scene} onChange={onWriting} onDone={onWritten} />}
    </div>
  )
}

function begin(board: Board, at: Point, near: number, width: number): Drag | undefined {
  const scene = board.history.now
  const handleAt = (rect: Rect) => HANDLES.find((handle) => isNear(handlePoint(rect, handle), at, near))
  if (board.tool === 'crop') return { what: 'crop', start: at, handle: board.choosing ? undefined : handleAt(scene.crop) }
  // Words and numbers are placed by a click, which must not be taken for the handle of what was drawn before.
  const selected = board.tool === 'text' || board.tool === 'number' ? undefined : find(scene, board.selected)
  if (selected?.kind === 'arrow') {
    const end = (['to', 'from'] as const).find((end) => isNear(selected[end], at, near))
    if (end) return { what: 'end', start: at, mark: selected, end }
  } else if (selected && isSizable(selected)) {
    const handle = handleAt(bounds(selected, width))
    if (handle) return { what: 'size', start: at, mark: selected, handle }
  }
  if (board.tool !== 'move') return { what: 'draw', tool: board.tool, start: at, points: [at] }
  const mark = hit(scene, at, near)
  return mark ? { what: 'move', start: at, mark } : undefined
}

function isNear(a: Point, b: Point, near: number): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) <= near
}

/** The scene as it would be if the pointer were let go now. */
function after(scene: Scene, drag: Drag, at: Point, width: number): Scene {
  switch (drag.what) {
    case 'crop': return cropped(scene, cropOf(scene, drag, at))
    case 'move': return changed(scene, moved(scene, drag.mark, at.x - drag.start.x, at.y - drag.start.y))
    case 'size': return changed(scene, placed(drag.mark, dragged(bounds(drag.mark, width), drag.handle, at), width))
    case 'end': return changed(scene, { ...drag.mark, [drag.end]: at })
    case 'draw': {
      const mark = drawn(drag, at)
      return mark ? added(scene, mark) : scene
    }
  }
}

function cropOf(scene: Scene, drag: Extract<Drag, { what: 'crop' }>, at: Point): Rect {
  return drag.handle ? dragged(scene.crop, drag.handle, at) : between(drag.start, at)
}

function drawn({ tool, start, points }: Extract<Drag, { what: 'draw' }>, at: Point): NewMark | undefined {
  switch (tool) {
    case 'arrow': return { kind: 'arrow', from: start, to: at }
    case 'box': return { kind: 'box', rect: between(start, at) }
    case 'redact': return { kind: 'redact', rect: between(start, at), fixed: false }
    case 'pen': return { kind: 'pen', points: [...points, at] }
    case 'number': return { kind: 'number', at }
    default: return undefined
  }
}

/** The smallest window at a point: of two that cover each other, the inner one is meant. */
function windowAt(areas: readonly Area[], at: Point): Area | undefined {
  return areas
    .filter((area) => area.kind === 'window' && contains(area, at))
    .toSorted((a, b) => a.width * a.height - b.width * b.height)[0]
}

function outline({ x, y, width, height }: Rect): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`
}

function Selection({ mark, scale, stroke }: { mark: Mark; scale: number; stroke: number }) {
  if (mark.kind === 'arrow') {
    return (
      <>
        {[mark.from, mark.to].map((point, i) => (
          <circle key={i} className={styles.handle} cx={point.x} cy={point.y} r={5 / scale} strokeWidth={1.5 / scale} />
        ))}
      </>
    )
  }
  return <Frame rect={bounds(mark, stroke)} scale={scale} sizable={isSizable(mark)} />
}

function Frame({ rect, scale, sizable }: { rect: Rect; scale: number; sizable: boolean }) {
  const side = 8 / scale
  return (
    <>
      <rect className={styles.frame} x={rect.x} y={rect.y} width={rect.width} height={rect.height} strokeWidth={1.5 / scale} strokeDasharray={`${5 / scale} ${4 / scale}`} />
      {sizable &&
        HANDLES.map((handle) => {
          const at = handlePoint(rect, handle)
          return <rect key={handle} className={styles.handle} x={at.x - side / 2} y={at.y - side / 2} width={side} height={side} rx={side / 4} strokeWidth={1.5 / scale} />
        })}
    </>
  )
}

function Words(props: { writing: Writing; scale: number; scene: Scene; onChange: (writing: Writing) => void; onDone: (writing: Writing) => void }) {
  const { writing, scale, scene, onChange, onDone } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const isDone = useRef(false)
  const finish = (words: string) => {
    // Enter removes the field, and some browsers then say that it lost the focus.
    if (isDone.current) return
    isDone.current = true
    onDone({ ...writing, words })
  }
  const [ruler] = useState(() => document.createElement('canvas').getContext('2d'))
  const size = ruler ? measure(ruler, writing.words || text.mark.typeHere, stroke(scene), inks()) : { width: 0, height: 0 }
  useEffect(() => area.current?.focus(), [])
  return (
    <textarea
      ref={area}
      className={styles.words}
      style={{
        left: writing.at.x * scale,
        top: writing.at.y * scale,
        width: (size.width + stroke(scene) * 4) * scale,
        height: size.height * scale,
        fontSize: stroke(scene) * 5.2 * scale,
        padding: `${stroke(scene) * 1.4 * scale}px ${stroke(scene) * 2.1 * scale}px`,
      }}
      rows={1}
      value={writing.words}
      aria-label={markText.writing}
      placeholder={text.mark.typeHere}
      onChange={(event) => onChange({ ...writing, words: event.target.value })}
      onBlur={() => finish(writing.words)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault()
          finish(writing.words)
        } else if (event.key === 'Escape') {
          event.preventDefault()
          finish('')
        }
      }}
    />
  )
}
