/** The whole marking window: tools above, the picture in the middle, what to do next below. All of it by keys, too. */

import { useCallback, useEffect, useEffectEvent, useId, useLayoutEffect, useReducer, useRef, useState, type ReactNode } from 'react'
import { ToggleButton, Toolbar } from 'react-aria-components'
import { AppWindow, ArrowUpRight, Crop, Hash, Minus, MousePointer2, PenLine, Plus, Redo2, Square, SquareSquare, Type, Undo2 } from 'lucide-react'
import { useKeys } from '../../app/keys'
import type { Area } from '../../host/host'
import { Button, IconButton, Menu, Note, Tooltip } from '../../kit'
import { mask } from '../../masking'
import type { ExemptNumber } from '../../protocol/wire'
import { text } from '../../text'
import { markText } from '../../text/mark'
import { acted, newBoard, readable, type Act, type Tool } from './board'
import { Findings } from './Findings'
import { flatten } from './flatten'
import type { Rect } from './geometry'
import { inks } from './inks'
import { useLook, type Look } from './look'
import { measure } from './paint'
import { find, inTheMiddle, isCropped, isFixed, isRedacted, moved, neighbour, newScene, sized, stroke } from './scene'
import { Surface, type Writing } from './Surface'
import styles from './Mark.module.css'

const TOOLS: readonly { tool: Tool; keys: string; icon: ReactNode }[] = [
  { tool: 'crop', keys: 'C', icon: <Crop /> },
  { tool: 'redact', keys: 'R', icon: <span className={styles.solid} /> },
  { tool: 'arrow', keys: 'A', icon: <ArrowUpRight /> },
  { tool: 'box', keys: 'B', icon: <Square /> },
  { tool: 'pen', keys: 'P', icon: <PenLine /> },
  { tool: 'text', keys: 'T', icon: <Type /> },
  { tool: 'number', keys: 'N', icon: <Hash /> },
  { tool: 'move', keys: 'V', icon: <MousePointer2 /> },
]
const ARROWS = [
  { keys: 'Left', dx: -1, dy: 0 },
  { keys: 'Right', dx: 1, dy: 0 },
  { keys: 'Up', dx: 0, dy: -1 },
  { keys: 'Down', dx: 0, dy: 1 },
]
const ZOOMS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8]

export function MarkBoard(props: {
  picture: ImageBitmap
  /** Windows and displays in the picture, to choose one of; a frozen screen begins with choosing. */
  areas?: readonly Area[]
  exempt: readonly ExemptNumber[]
  /** Looks for numbers in the picture; the same function for the same picture. Missing: nobody looks here. */
  look?: Look | undefined
  onDone: (picture: Blob, marks: { redacted: boolean }) => void | Promise<void>
  onCancel: () => void
}) {
  const { picture, areas = [], exempt, look, onDone, onCancel } = props
  const [board, dispatch] = useReducer(acted, undefined, () => newBoard(newScene(picture.width, picture.height), areas.length > 0))
  const [writing, setWriting] = useState<Writing | undefined>()
  const [state, setState] = useState<'marking' | 'waiting' | 'making' | 'broken'>('marking')
  const [leaving, setLeaving] = useState(false)
  const [said, say] = useSaid()
  const surface = useRef<HTMLDivElement>(null)
  const drawing = useRef(false)
  const hintId = useId()
  const scene = board.history.now
  const { scroller, scale, zoomed, zoomTo } = useZoom(scene, board.choosing ? undefined : scene.crop)
  const selected = find(scene, board.selected)
  const focus = () => surface.current?.focus({ preventScroll: true })
  useEffect(() => surface.current?.focus({ preventScroll: true }), [surface])

  const looking = useLook(look, (found) => {
    dispatch({ act: 'found', found })
    const kinds = found.slice(board.found.length).map(({ kind }) => kind)
    if (kinds.length > 0) say(markText.found.said(kinds))
  })
  const uncovered = readable(board)

  const act = (act: Act) => {
    setLeaving(false)
    dispatch(act)
    const next = acted(board, act)
    const now = next.history.now
    if (act.act === 'add') say(markText.said.added(markText.tool[act.mark.kind], now.marks.length))
    else if (act.act === 'crop' && next !== board) say(markText.said.cropped(now.crop.width, now.crop.height))
    else if (act.act === 'tool') say(markText.said.tool(markText.tool[act.tool]))
    else if (act.act === 'undo') say(next.history === board.history ? markText.said.nothing : markText.said.undone)
    else if (act.act === 'redo' && next.history !== board.history) say(markText.said.redone)
    else if (act.act === 'remove' && selected) say(isFixed(selected) ? markText.said.fixed : markText.said.removed(markText.tool[selected.kind]))
    else if (act.act === 'uncover') say(markText.found.uncovered)
    else if (act.act === 'cover') say(markText.found.covered(act.found.length))
    else if (act.act === 'change' && isFixed(act.mark)) say(markText.said.fixed)
    else if (act.act === 'change') say(act.joining?.startsWith('size') ? markText.said.sized(markText.tool[act.mark.kind]) : markText.said.moved(markText.tool[act.mark.kind]))
    else if (act.act === 'select' && act.id !== undefined) {
      const index = now.marks.findIndex(({ id }) => id === act.id)
      const mark = now.marks[index]
      if (mark) say(markText.said.selected(markText.tool[mark.kind], index + 1, now.marks.length))
    }
  }
  const choose = (tool: Tool) => {
    act({ act: 'tool', tool })
    focus()
  }
  const written = ({ at, words, id }: Writing) => {
    setWriting(undefined)
    focus()
    const masked = mask(words.trim(), exempt)
    const context = document.createElement('canvas').getContext('2d')
    const old = find(scene, id)
    if (masked.text === '' || !context) {
      if (old) dispatch({ act: 'select', id: old.id })
      return
    }
    const rect = { ...at, ...measure(context, masked.text, stroke(scene), inks()) }
    if (old?.kind === 'text') act({ act: 'change', mark: { ...old, words: masked.text, rect: { ...rect, x: old.rect.x, y: old.rect.y } } })
    else act({ act: 'add', mark: { kind: 'text', rect, words: masked.text } })
    if (masked.text !== words.trim()) say(markText.said.masked)
  }
  const seen = (): Rect => {
    const box = scroller.current?.getBoundingClientRect()
    const inner = surface.current?.getBoundingClientRect()
    if (!box || !inner) return scene.crop
    const x = Math.max(scene.crop.x, (box.left - inner.left) / scale)
    const y = Math.max(scene.crop.y, (box.top - inner.top) / scale)
    return { x, y, width: Math.min(scene.crop.width, box.width / scale), height: Math.min(scene.crop.height, box.height / scale) }
  }
  const place = () => {
    if (board.tool === 'move') return
    const view = seen()
    if (board.tool === 'crop') act({ act: 'crop', rect: { x: view.x + view.width / 8, y: view.y + view.height / 8, width: view.width * 0.75, height: view.height * 0.75 } })
    else if (board.tool === 'text') setWriting({ at: { x: view.x + view.width / 3, y: view.y + view.height / 3 }, words: '', id: undefined })
    else act({ act: 'add', mark: inTheMiddle(board.tool, view) })
  }
  const nudge = (dx: number, dy: number, fine = false) => {
    const step = fine ? 1 : stroke(scene) * 2
    if (board.tool === 'crop') act({ act: 'crop', rect: inPicture({ ...scene.crop, x: scene.crop.x + dx * step, y: scene.crop.y + dy * step }), joining: 'move crop' })
    else if (selected) act({ act: 'change', mark: moved(scene, selected, dx * step, dy * step), joining: `move ${selected.id}` })
    else scroller.current?.scrollBy({ left: dx * 60, top: dy * 60 })
  }
  const inPicture = (rect: Rect): Rect => ({ ...rect, x: Math.max(0, Math.min(scene.width - rect.width, rect.x)), y: Math.max(0, Math.min(scene.height - rect.height, rect.y)) })
  const size = (dw: number, dh: number) => {
    const step = stroke(scene) * 2
    if (board.tool === 'crop') act({ act: 'crop', rect: { ...scene.crop, width: scene.crop.width + dw * step, height: scene.crop.height + dh * step }, joining: 'size crop' })
    else if (selected) act({ act: 'change', mark: sized(scene, selected, dw * step, dh * step), joining: `size ${selected.id}` })
  }
  const select = (step: 1 | -1) => act({ act: 'select', id: neighbour(scene, board.selected, step)?.id })
  const finish = () => {
    // Enter may come before the end of a drag that was over first; what it covers must not leave uncovered.
    if (state === 'making' || drawing.current) return
    // Nothing leaves unlooked at: it goes on by itself when the look is over.
    if (looking === 'looking') {
      setState('waiting')
      say(markText.found.waiting)
      return
    }
    setState('making')
    flatten(scene, picture, inks())
      .then((made) => onDone(made, { redacted: isRedacted(scene) }))
      .catch(() => setState('broken'))
  }
  const goOn = useEffectEvent(finish)
  useEffect(() => {
    if (state !== 'waiting' || looking === 'looking') return
    if (looking === 'failed') setState('marking')
    else goOn()
  }, [state, looking])
  const coverAll = () => {
    if (uncovered.length > 0) act({ act: 'cover', found: uncovered })
  }
  const cancel = () => {
    if (state === 'waiting') {
      setState('marking')
      return
    }
    if (board.selected !== undefined) dispatch({ act: 'select', id: undefined })
    else if (scene.marks.length > 0 && !leaving) setLeaving(true)
    else onCancel()
  }

  useKeys(text.mark.title, [
    ...TOOLS.map(({ tool, keys }) => ({ keys, name: markText.tool[tool], act: () => choose(tool), always: true })),
    ...ARROWS.flatMap(({ keys, dx, dy }) => [
      { keys, name: markText.move.nudge, act: () => nudge(dx, dy), always: true },
      { keys: `Mod+${keys}`, name: markText.move.fine, act: () => nudge(dx, dy, true), always: true },
      { keys: `Shift+${keys}`, name: markText.move.size, act: () => size(dx, dy), always: true },
    ]),
    { keys: 'Space', name: markText.move.place, act: place, always: true },
    { keys: '.', name: markText.move.next, act: () => select(1), always: true },
    { keys: ',', name: markText.move.previous, act: () => select(-1), always: true },
    { keys: 'Delete', name: markText.move.remove, act: () => act({ act: 'remove' }), always: true },
    { keys: 'Backspace', name: markText.move.remove, act: () => act({ act: 'remove' }), always: true },
    { keys: 'M', name: markText.found.coverAll, act: coverAll, always: true },
    { keys: 'Mod+Z', name: text.mark.undo, act: () => act({ act: 'undo' }), always: true },
    { keys: 'Mod+Shift+Z', name: text.mark.redo, act: () => act({ act: 'redo' }), always: true },
    { keys: 'Mod+Y', name: text.mark.redo, act: () => act({ act: 'redo' }), always: true },
    { keys: '=', name: markText.zoomIn, act: () => zoomTo(1), always: true },
    { keys: '-', name: markText.zoomOut, act: () => zoomTo(-1), always: true },
    { keys: '0', name: markText.fit, act: () => zoomTo('fit'), always: true },
    { keys: '1', name: markText.real, act: () => zoomTo('real'), always: true },
    { keys: 'Enter', name: text.mark.done, act: finish, always: true },
    { keys: 'Esc', name: text.common.cancel, act: cancel, always: true },
  ])

  const windows = areas.filter(({ kind }) => kind !== 'region')
  const hint = board.choosing ? (windows.some(({ kind }) => kind === 'window') ? markText.choose : markText.chooseArea) : markText.hint[board.tool]
  return (
    <div className={styles.board}>
      <header className={styles.bar}>
        <Toolbar aria-label={text.mark.tools} className={styles.tools ?? ''}>
          {TOOLS.map(({ tool, keys, icon }) => (
            <Tooltip key={tool} label={markText.hint[tool]} keys={keys}>
              <ToggleButton className={styles.tool ?? ''} aria-label={markText.tool[tool]} aria-keyshortcuts={keys} isSelected={board.tool === tool} onPress={() => choose(tool)}>
                {icon}
                <span className={styles.toolName} aria-hidden="true">{markText.tool[tool]}</span>
              </ToggleButton>
            </Tooltip>
          ))}
          <span className={styles.gap} />
          <IconButton label={text.mark.undo} keys="Mod+Z" isDisabled={board.history.past.length === 0} onPress={() => (act({ act: 'undo' }), focus())}>
            <Undo2 />
          </IconButton>
          <IconButton label={text.mark.redo} keys="Mod+Y" isDisabled={board.history.future.length === 0} onPress={() => (act({ act: 'redo' }), focus())}>
            <Redo2 />
          </IconButton>
          {windows.length > 0 && (
            <Menu
              label={markText.window}
              actions={[
                { id: 'all', name: markText.everything, icon: <SquareSquare />, act: () => act({ act: 'crop', rect: { x: 0, y: 0, width: scene.width, height: scene.height } }) },
                ...windows.map((area) => ({ id: area.id, name: area.name, hint: markText.size(area.width, area.height), icon: <AppWindow />, act: () => act({ act: 'crop', rect: area }) })),
              ]}
            >
              <Button tone="quiet" small icon={<AppWindow />}>
                {markText.window}
              </Button>
            </Menu>
          )}
        </Toolbar>
        <div className={styles.zoom}>
          <IconButton label={markText.zoomOut} keys="-" small onPress={() => (zoomTo(-1), focus())}>
            <Minus />
          </IconButton>
          <button type="button" className={styles.percent} onClick={() => (zoomTo(zoomed === 'fit' ? 'real' : 'fit'), focus())}>
            {markText.zoom(Math.round(scale * 100))}
          </button>
          <IconButton label={markText.zoomIn} keys="=" small onPress={() => (zoomTo(1), focus())}>
            <Plus />
          </IconButton>
        </div>
        <div className={styles.ends}>
          <Button tone="quiet" keys="Esc" onPress={onCancel}>
            {text.common.cancel}
          </Button>
          <Button tone="primary" keys="Enter" isDisabled={state === 'making'} onPress={finish}>
            {state === 'making' ? markText.making : state === 'waiting' ? markText.found.waiting : text.mark.done}
          </Button>
        </div>
      </header>
      <main
        ref={scroller}
        className={styles.scroller}
        aria-label={text.mark.title}
        onWheel={(event) => {
          if (event.ctrlKey || event.metaKey) zoomTo(event.deltaY < 0 ? 1 : -1)
        }}
      >
        <Surface
          ref={surface}
          picture={picture}
          board={board}
          act={act}
          scale={scale}
          areas={areas}
          writing={writing}
          onWriting={setWriting}
          onWritten={written}
          hintId={hintId}
          onDrawing={(on) => (drawing.current = on)}
        />
      </main>
      <Findings board={board} looking={looking} act={act} onCoverAll={() => (coverAll(), focus())} onClose={focus} />
      <footer className={styles.foot}>
        {state === 'broken' ? (
          <Note tone="danger" role="alert">{markText.broken}</Note>
        ) : leaving ? (
          <Note tone="danger" role="alert">{markText.again(scene.marks.length)}</Note>
        ) : (
          <p id={hintId}>
            {hint} {board.tool !== 'move' && !board.choosing && <span className={styles.byKeys}>{markText.byKeys}</span>}
          </p>
        )}
        <p className={styles.facts}>
          {isCropped(scene) && <span>{markText.size(scene.crop.width, scene.crop.height)}</span>}
          <span>{text.mark.leaving}</span>
        </p>
      </footer>
      <output className="unseen">
        <span key={said.count}>{said.words}</span>
      </output>
    </div>
  )
}

/** What was done, for those who hear it; the same words twice are said twice. */
function useSaid(): [{ words: string; count: number }, (words: string) => void] {
  const [said, setSaid] = useState({ words: '', count: 0 })
  return [said, useCallback((words: string) => setSaid(({ count }) => ({ words, count: count + 1 })), [])]
}

/** Fits what is kept into the window until somebody zooms. */
function useZoom({ width, height }: { width: number; height: number }, kept: Rect | undefined) {
  const scroller = useRef<HTMLElement>(null)
  const [zoomed, setZoomed] = useState<number | 'fit'>('fit')
  const [room, setRoom] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const look = () => setRoom({ width: element.clientWidth, height: element.clientHeight })
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const view = kept ?? { x: 0, y: 0, width, height }
  const margin = 48
  const fit = Math.max(0.05, Math.min((room.width - margin) / view.width, (room.height - margin) / view.height, kept && kept.width < width ? 2 : 1))
  const scale = zoomed === 'fit' ? fit : zoomed
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || zoomed !== 'fit') return
    const inner = element.firstElementChild
    if (!(inner instanceof HTMLElement)) return
    element.scrollLeft = inner.offsetLeft + (view.x + view.width / 2) * scale - element.clientWidth / 2
    element.scrollTop = inner.offsetTop + (view.y + view.height / 2) * scale - element.clientHeight / 2
  }, [scale, zoomed, view.x, view.y, view.width, view.height])
  const zoomTo = (to: 1 | -1 | 'fit' | 'real') => {
    if (to === 'fit') setZoomed('fit')
    else if (to === 'real') setZoomed(1)
    else setZoomed((to === 1 ? ZOOMS.find((zoom) => zoom > scale * 1.01) : ZOOMS.findLast((zoom) => zoom < scale * 0.99)) ?? scale)
  }
  return { scroller, scale, zoomed, zoomTo }
}
