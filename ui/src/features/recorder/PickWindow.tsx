/**
 * The area picker: the dimmed screen with a window highlighted under the pointer, or a dragged area with its size.
 * The list beside it offers the same by keyboard.
 */

import { useEffect, useMemo, useRef, useState } from 'react'
import { AppWindow, History, Mic, Monitor } from 'lucide-react'
import { Button, Select } from '../../kit'
import type { Area, Areas } from '../../host/host'
import { useHost, useMe, usePerson } from '../../replica/hooks'
import { text } from '../../text'
import styles from './PickWindow.module.css'

const NO_MIC = 'none'
const SMALLEST = 32

export function PickWindow() {
  const { desktop } = useHost()
  const me = usePerson(useMe())
  const [choices, setChoices] = useState<Areas | undefined>()
  const [area, setArea] = useState<Area | undefined>()
  const [mic, setMic] = useState(NO_MIC)
  const from = useRef<{ x: number; y: number } | undefined>(undefined)

  useEffect(() => {
    let here = true
    void desktop?.recorder.areas().then((found) => {
      if (!here) return
      setChoices(found)
      setArea(found.last ?? found.areas[0])
      // While a customer is on the line the microphone stays off unless it is chosen.
      if (me?.status !== 'on_call') setMic(found.mics[0]?.id ?? NO_MIC)
    })
    return () => {
      here = false
    }
  }, [desktop, me?.status])

  const display = choices?.areas.find((one) => one.kind === 'display')
  // The window covers the display; its pixels may be scaled.
  const scale = display ? display.width / window.innerWidth : 1
  const toScreen = (x: number, y: number) => ({ x: Math.round(x * scale), y: Math.round(y * scale) })
  const windows = useMemo(() => choices?.areas.filter((one) => one.kind === 'window') ?? [], [choices])
  const start = () => {
    if (area) void desktop?.recorder.begin(area, { mic: mic === NO_MIC ? null : mic, request: undefined, message: undefined })
  }

  if (!desktop || !choices) return null
  const boxStyle = area && { left: area.x / scale, top: area.y / scale, width: area.width / scale, height: area.height / scale }
  const list: { area: Area; icon: React.ReactNode; name: string }[] = [
    ...(choices.last ? [{ area: choices.last, icon: <History />, name: text.pick.last }] : []),
    ...choices.areas.map((one) => ({ area: one, icon: one.kind === 'display' ? <Monitor /> : <AppWindow />, name: one.name })),
  ]
  return (
    <div
      className={styles.screen}
      style={choices.backdrop ? { backgroundImage: `url(${choices.backdrop})` } : undefined}
      role="application"
      aria-label={text.pick.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') desktop.recorder.cancelPick()
        if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) start()
      }}
      onPointerDown={(event) => {
        if (event.target !== event.currentTarget) return
        from.current = { x: event.clientX, y: event.clientY }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        if (from.current) {
          const [left, right] = [from.current.x, event.clientX].sort((a, b) => a - b) as [number, number]
          const [top, bottom] = [from.current.y, event.clientY].sort((a, b) => a - b) as [number, number]
          if (right - left < SMALLEST || bottom - top < SMALLEST) return
          const corner = toScreen(left, top)
          const size = toScreen(right - left, bottom - top)
          setArea({ kind: 'region', id: 'region', name: text.pick.title, ...corner, width: size.x, height: size.y })
        } else if (event.target === event.currentTarget && area?.kind !== 'region') {
          const { x, y } = toScreen(event.clientX, event.clientY)
          const under = windows.find((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height)
          if (under) setArea(under)
        }
      }}
      onPointerUp={() => (from.current = undefined)}
    >
      {boxStyle && (
        <div className={styles.box} style={boxStyle}>
          <span className={styles.size}>{area && text.pick.size(area.width, area.height)}</span>
        </div>
      )}
      <section className={styles.panel} aria-label={text.pick.title}>
        <h1>{text.pick.title}</h1>
        <p>{text.pick.region}</p>
        <ul className={styles.list}>
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
        <div className={styles.mic}>
          <Mic aria-hidden="true" />
          <Select label={text.pick.mic} quietLabel value={mic} onChange={setMic} choices={[{ id: NO_MIC, name: text.pick.noMic }, ...choices.mics]} />
        </div>
        <div className={styles.actions}>
          <Button keys="Esc" onPress={() => desktop.recorder.cancelPick()}>{text.common.cancel}</Button>
          <Button tone="primary" keys="Enter" autoFocus isDisabled={!area} onPress={start}>{text.pick.start}</Button>
        </div>
      </section>
    </div>
  )
}
