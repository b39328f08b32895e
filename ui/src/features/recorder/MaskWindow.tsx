/**
 * Boxes over what nobody may see, drawn on a still of the screen while the recording stands still. They are solid in the
 * clip from the next picture on. A box can be removed, by whoever records and while it is recorded: later it is in the
 * pixels.
 */

import { useEffect, useRef, useState } from 'react'
import { Plus, Square, X } from 'lucide-react'
import { actsByItself, useEveryKey } from '../../app/keys'
import { useRefocus } from '../../app/refocus'
import { Button, IconButton } from '../../kit'
import type { Mask, Masking } from '../../host/host'
import { useHost } from '../../replica/hooks'
import { text } from '../../text'
import styles from './MaskWindow.module.css'

/** In pixels of the screen; anything smaller was a click. */
const SMALLEST = 8
const STEP = 8

export function MaskWindow() {
  const { desktop } = useHost()
  const [masking, setMasking] = useState<Masking | undefined>()
  const [masks, setMasks] = useState<Mask[]>([])
  const [chosen, setChosen] = useState<number | undefined>()
  const [drawing, setDrawing] = useState<Mask | undefined>()
  const { place, removed } = useRefocus<HTMLElement>()
  const from = useRef<{ x: number; y: number } | undefined>(undefined)

  useEffect(() => {
    let here = true
    desktop?.recorder.masks().then(
      (found) => {
        if (!here) return
        setMasking(found)
        setMasks(found.masks)
      },
      // Without the screen nothing can be drawn; an empty window over everything would only be in the way.
      () => here && desktop.recorder.setMasks(undefined),
    )
    return () => {
      here = false
    }
  }, [desktop])

  const done = () => desktop?.recorder.setMasks(masks)
  const add = (mask: Mask) => {
    setMasks((old) => [...old, mask])
    setChosen(masks.length)
  }
  const remove = (at: number) => {
    setMasks((old) => old.filter((_, i) => i !== at))
    setChosen(undefined)
    removed(at)
  }
  const change = (at: number, key: string, size: boolean) => {
    const [dx, dy] = key === 'ArrowLeft' ? [-STEP, 0] : key === 'ArrowRight' ? [STEP, 0] : key === 'ArrowUp' ? [0, -STEP] : [0, STEP]
    setMasks((old) => old.map((one, i) => {
      if (i !== at) return one
      if (size) return { ...one, width: Math.max(SMALLEST, one.width + dx), height: Math.max(SMALLEST, one.height + dy) }
      return { ...one, x: one.x + dx, y: one.y + dy }
    }))
  }

  useEveryKey((event) => {
    if (event.key === 'Escape') desktop?.recorder.setMasks(undefined)
    else if (event.key === 'Enter' && !actsByItself(event.target)) done()
    else if (chosen === undefined) return
    else if (event.key.startsWith('Arrow')) {
      event.preventDefault()
      change(chosen, event.key, event.shiftKey)
    } else if (event.key === 'Delete' || event.key === 'Backspace') remove(chosen)
  })
  if (!desktop || !masking) return null
  const { screen, backdrop } = masking
  const scale = screen.width / window.innerWidth
  const box = (one: Mask) => ({ left: (one.x - screen.x) / scale, top: (one.y - screen.y) / scale, width: one.width / scale, height: one.height / scale })
  return (
    <div
      className={styles.screen}
      style={backdrop && { backgroundImage: `url(${backdrop.address})`, backgroundSize: `${backdrop.width / scale}px ${backdrop.height / scale}px`, backgroundPosition: `${-screen.x / scale}px ${-screen.y / scale}px` }}
      role="application"
      aria-label={text.boxes.title}
      onPointerDown={(event) => {
        if (event.target !== event.currentTarget) return
        from.current = { x: event.clientX, y: event.clientY }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        const start = from.current
        if (!start) return
        const [left, right] = [start.x, event.clientX].sort((a, b) => a - b) as [number, number]
        const [top, bottom] = [start.y, event.clientY].sort((a, b) => a - b) as [number, number]
        // Grown to whole pixels: a box covers at least what was drawn.
        setDrawing({
          x: Math.floor(left * scale) + screen.x,
          y: Math.floor(top * scale) + screen.y,
          width: Math.ceil((right - left) * scale) + 1,
          height: Math.ceil((bottom - top) * scale) + 1,
        })
      }}
      onPointerUp={() => {
        from.current = undefined
        if (drawing && drawing.width >= SMALLEST && drawing.height >= SMALLEST) add(drawing)
        setDrawing(undefined)
      }}
    >
      {[...masks, ...(drawing ? [drawing] : [])].map((one, i) => (
        <div key={i} className={styles.box} data-chosen={i === chosen || undefined} style={box(one)}>
          <span>{i + 1}</span>
        </div>
      ))}
      <section ref={place} className={styles.panel} aria-label={text.boxes.title} data-away={drawing !== undefined || undefined}>
        <h1>{text.boxes.title}</h1>
        <p>{text.boxes.how}</p>
        {masks.length > 0 && (
          <>
            <ul className={styles.list}>
              {masks.map((one, i) => (
                <li key={i} className={styles.row} data-item data-chosen={i === chosen || undefined}>
                  <button
                    type="button"
                    className={styles.choice}
                    data-keep
                    aria-pressed={i === chosen}
                    onFocus={() => setChosen(i)}
                    onClick={() => setChosen(i)}
                  >
                    <Square aria-hidden="true" />
                    <span>{text.boxes.box(i + 1)}</span>
                    <span className={styles.quiet}>{text.pick.size(one.width, one.height)}</span>
                  </button>
                  <IconButton label={text.boxes.remove(i + 1)} small onPress={() => remove(i)}><X /></IconButton>
                </li>
              ))}
            </ul>
            <p className={styles.quiet}>{text.boxes.keys}</p>
          </>
        )}
        <div className={styles.actions}>
          <Button data-add icon={<Plus />} onPress={() => add({ x: screen.x + Math.round(screen.width * 0.4), y: screen.y + Math.round(screen.height * 0.4), width: Math.round(screen.width * 0.2), height: Math.round(screen.height * 0.1) })}>{text.boxes.add}</Button>
          <span className={styles.grow} />
          <Button keys="Esc" onPress={() => desktop.recorder.setMasks(undefined)}>{text.common.cancel}</Button>
          <Button tone="primary" keys="Enter" autoFocus onPress={done}>{text.boxes.done}</Button>
        </div>
      </section>
    </div>
  )
}
