/**
 * The area picker: the dimmed screen with a window highlighted under the pointer, or a dragged area with its size. It lies
 * over the display that somebody looks at. The list in it offers the same by keyboard, an area too: arrow keys move and size it.
 */

import { useEffect, useMemo, useRef, useState } from 'react'
import { AppWindow, History, Megaphone, Mic, Monitor, SquareDashed } from 'lucide-react'
import { actsByItself, useEveryKey } from '../../app/keys'
import { Button, Note, Select, Switch } from '../../kit'
import type { Area, Areas } from '../../host/host'
import { useHost } from '../../replica/hooks'
import { text } from '../../text'
import type { Rect } from '../mark/geometry'
import { useBeginsWithMic } from './open'
import { areaBetween, arrowed, cover, inWindow, middle, pointOnDesktop, still } from './pick'
import styles from './PickWindow.module.css'

const NO_MIC = 'none'

export function PickWindow() {
  const { desktop } = useHost()
  const [choices, setChoices] = useState<Areas | undefined>()
  const [area, setArea] = useState<Area | undefined>()
  const isOn = useBeginsWithMic(true)
  const [chosen, setMic] = useState<string | undefined>()
  const mic = chosen ?? (isOn ? choices?.mics[0]?.id : undefined) ?? NO_MIC
  // Chosen for each clip: who is heard in it agreed to this one, if at all.
  const [system, setSystem] = useState(false)
  const from = useRef<{ x: number; y: number } | undefined>(undefined)

  useEffect(() => {
    let here = true
    void desktop?.recorder.areas().then((found) => {
      if (!here) return
      setChoices(found)
      setArea(found.last ?? coveredBy(found))
    })
    return () => {
      here = false
    }
  }, [desktop])

  const windows = useMemo(() => choices?.areas.filter((one) => one.kind === 'window') ?? [], [choices])
  const start = () => {
    if (area) void desktop?.recorder.begin(area, { mic: mic === NO_MIC ? null : mic, systemSound: system && choices?.systemSound !== undefined, request: undefined, message: undefined })
  }

  const display = choices && coveredBy(choices)
  const on = display && cover(display, window.innerWidth)
  const draw = (rect: Rect) => setArea({ kind: 'region', id: 'region', name: text.pick.area, ...rect })
  // What was drawn now stays; what was recorded last time may lie on another display.
  const isDrawn = area?.kind === 'region' && area !== choices?.last
  const drawByKeys = () => !isDrawn && on && draw(middle(on))
  useEveryKey((event) => {
    // The choice of a microphone has keys of its own.
    if (event.target instanceof Element && event.target.closest('[role=listbox]')) return
    if (event.key === 'Escape') desktop?.recorder.cancelPick()
    if (event.key === 'Enter' && !actsByItself(event.target)) start()
    if (event.target instanceof Element && event.target.closest('[data-mic]')) return
    if (event.key.toLowerCase() === 'r' && !event.ctrlKey && !event.altKey && !event.metaKey) drawByKeys()
    const moved = on && area?.kind === 'region' ? arrowed(on, area, event) : undefined
    if (!moved) return
    event.preventDefault()
    draw(moved)
  })
  if (!desktop || !choices || !on) return null
  const box = area && inWindow(on, area)
  const list: { area: Area; icon: React.ReactNode; name: string }[] = [
    ...(choices.last ? [{ area: choices.last, icon: <History />, name: text.pick.last }] : []),
    ...choices.areas.map((one) => ({ area: one, icon: one.kind === 'display' ? <Monitor /> : <AppWindow />, name: one.name })),
  ]
  return (
    <div
      className={styles.screen}
      style={choices.backdrop ? { backgroundImage: `url(${choices.backdrop})`, ...still(on, choices.areas.filter(({ kind }) => kind === 'display')) } : undefined}
      role="application"
      aria-label={text.pick.title}
      onPointerDown={(event) => {
        if (event.target !== event.currentTarget) return
        from.current = { x: event.clientX, y: event.clientY }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        if (from.current) {
          const drawn = areaBetween(on, from.current, { x: event.clientX, y: event.clientY })
          if (drawn) draw(drawn)
        } else if (event.target === event.currentTarget && area?.kind !== 'region') {
          const { x, y } = pointOnDesktop(on, { x: event.clientX, y: event.clientY })
          const under = windows.find((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height)
          if (under) setArea(under)
        }
      }}
      onPointerUp={() => (from.current = undefined)}
    >
      {area && box && (
        <div className={styles.box} style={{ left: box.x, top: box.y, width: box.width, height: box.height }}>
          <span className={styles.size}>{text.pick.size(area.width, area.height)}</span>
        </div>
      )}
      <section className={styles.panel} aria-label={text.pick.title}>
        <h1>{text.pick.title}</h1>
        <p>{text.pick.region}</p>
        <output className="unseen">{area?.kind === 'region' && text.pick.where(area.width, area.height, area.x, area.y)}</output>
        <ul className={styles.list}>
          <li>
            <button type="button" className={styles.choice} aria-pressed={isDrawn} aria-keyshortcuts="R" onFocus={drawByKeys} onClick={drawByKeys} onDoubleClick={start}>
              <SquareDashed />
              <span>{text.pick.area}</span>
              <span className={styles.quiet}>{text.pick.byKeys}</span>
            </button>
          </li>
          {list.map((one, i) => (
            <li key={`${one.area.id}${i}`}>
              <button type="button" className={styles.choice} aria-pressed={area === one.area} onFocus={() => setArea(one.area)} onClick={() => setArea(one.area)} onDoubleClick={start}>
                {one.icon}
                <span>{one.name}</span>
                <span className={styles.quiet}>{text.pick.size(one.area.width, one.area.height)}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className={styles.mic} data-mic>
          <Mic aria-hidden="true" />
          <Select label={text.pick.mic} quietLabel value={mic} onChange={setMic} choices={[{ id: NO_MIC, name: text.pick.noMic }, ...choices.mics]} />
        </div>
        {!isOn && choices.mics.length > 0 && <p>{text.pick.micOff}</p>}
        {choices.systemSound !== undefined && (
          <div className={styles.system} data-mic>
            <Switch on={system} onChange={setSystem} hint={text.pick.systemFor(choices.systemSound)}>{text.pick.system}</Switch>
            {system && (
              <Note icon={<Megaphone aria-hidden="true" />} tone="live" role="status">
                {text.pick.systemSay}
              </Note>
            )}
          </div>
        )}
        <div className={styles.actions}>
          <Button keys="Esc" onPress={() => desktop.recorder.cancelPick()}>{text.common.cancel}</Button>
          <Button tone="primary" keys="Enter" autoFocus isDisabled={!area} onPress={start}>{text.pick.start}</Button>
        </div>
      </section>
    </div>
  )
}

/** The display under the window. */
function coveredBy({ areas, covers }: Areas): Area | undefined {
  const displays = areas.filter(({ kind }) => kind === 'display')
  return displays.find(({ x, y }) => x === covers?.x && y === covers.y) ?? displays[0]
}
