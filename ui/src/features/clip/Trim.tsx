/**
 * Cutting a clip after Stop: handles for beginning and end, gaps in the middle, a preview without what goes, and then it is
 * gone for good. A handle that begins a part stands where decoding can begin; everything else stands where it is put.
 */

import { useEffect, useState } from 'react'
import { Pause, Play, Scissors, Undo2 } from 'lucide-react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { Button, IconButton } from '../../kit'
import type { ClipPart } from '../../protocol/wire'
import { clock, text } from '../../text'
import { close, cutOut, goOn, lastStep, left, move, movedOf, onSteps, STEP, stretched, stretches } from './parts'
import { readKeyframes } from './webm'
import styles from './Trim.module.css'

/** The index stands in the first bytes of a finished clip. */
const INDEX = 32 * 1024

export function Trim({ video, address, length, onCut, onKeep }: { video: () => HTMLVideoElement | null; address: string; length: number; onCut: (keep: ClipPart[]) => void; onKeep: () => void }) {
  const [keyframes, setKeyframes] = useState<number[]>([0])
  const [edges, setEdges] = useState<number[]>([0, length])
  // The player reads the true length later than the clip's row says one.
  const [known, setKnown] = useState(length)
  if (known !== length) {
    setKnown(length)
    setEdges(stretched(edges, known, length))
  }
  const [at, setAt] = useState(video()?.currentTime ?? 0)
  const [playing, setPlaying] = useState(false)
  const [sure, setSure] = useState(false)

  useEffect(() => {
    let here = true
    void fetch(address, { headers: { Range: `bytes=0-${INDEX - 1}` } })
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => here && setKeyframes(readKeyframes(new Uint8Array(bytes, 0, Math.min(bytes.byteLength, INDEX)))))
      // Without the index only the end can be cut.
      .catch(() => undefined)
    return () => {
      here = false
    }
  }, [address])

  useEffect(() => video()?.pause(), [video])

  // What is played here is what will be left.
  useEffect(() => {
    const element = video()
    if (!element) return
    const follow = () => {
      setAt(element.currentTime)
      if (element.paused) return
      const to = goOn(edges, element.currentTime)
      if (to === undefined) element.pause()
      else if (to > element.currentTime) element.currentTime = to
    }
    const [play, pause] = [() => setPlaying(true), () => setPlaying(false)]
    element.addEventListener('timeupdate', follow)
    element.addEventListener('play', play)
    element.addEventListener('pause', pause)
    return () => {
      element.removeEventListener('timeupdate', follow)
      element.removeEventListener('play', play)
      element.removeEventListener('pause', pause)
    }
  }, [video, edges])

  useEffect(() => {
    if (!sure) return
    const timer = setTimeout(() => setSure(false), 5000)
    return () => clearTimeout(timer)
  }, [sure])

  const show = (time: number) => {
    const element = video()
    if (!element) return
    element.pause()
    element.currentTime = time
    setAt(time)
  }
  const change = (which: number, to: number) => {
    const moved = move(edges, which, Math.min(to, length), keyframes)
    setEdges(moved)
    setSure(false)
    // Of an end, the last picture that stays.
    const time = moved[which] ?? 0
    show(which % 2 === 0 ? time : Math.max(0, time - 0.05))
  }
  const preview = () => {
    const element = video()
    if (!element) return
    if (!element.paused) return element.pause()
    element.currentTime = goOn(edges, element.currentTime) ?? edges[0] ?? 0
    void element.play()
  }
  const goes = length - left(edges)
  const parts = edges.length / 2
  const gap = cutOut(edges, at, keyframes)
  const end = lastStep(length)
  const percent = (time: number) => `${(time / end) * 100}%`

  return (
    <section className={styles.trim} aria-label={text.clip.cut.title}>
      <div
        className={styles.row}
        // A range field that is set by itself, as readers of the screen do: the slider would mix it with what its other handles were long ago.
        onChangeCapture={(event) => {
          const fields = [...event.currentTarget.querySelectorAll('input')]
          const which = fields.findIndex((field) => field === event.target)
          const field = fields[which]
          if (!field) return
          event.stopPropagation()
          change(which, Number(field.value))
        }}
      >
        <IconButton label={playing ? text.clip.pause : text.clip.cut.preview} keys="Space" small onPress={preview}>
          {playing ? <Pause /> : <Play />}
        </IconButton>
        <Slider
          className={styles.slider ?? ''}
          aria-label={text.clip.cut.title}
          minValue={0}
          maxValue={end}
          step={STEP}
          value={onSteps(edges)}
          onChange={(values) => {
            const which = movedOf(edges, values as number[])
            if (which !== undefined) change(which, (values as number[])[which] ?? 0)
          }}
        >
          <SliderTrack className={styles.track ?? ''}>
            {Array.from({ length: parts }, (_, i) => (
              <span key={i} className={styles.part} style={{ left: percent(edges[i * 2] ?? 0), width: percent((edges[i * 2 + 1] ?? 0) - (edges[i * 2] ?? 0)) }} />
            ))}
            {keyframes.map((time) => (
              <span key={time} className={styles.place} style={{ left: percent(time) }} />
            ))}
            <span className={styles.at} style={{ left: percent(Math.min(at, length)) }} />
            {edges.map((edge, i) => (
              <SliderThumb key={i} index={i} className={styles.thumb ?? ''} data-end={i % 2 === 1 || undefined} aria-label={i % 2 === 0 ? text.clip.cut.begins(i / 2 + 1, parts) : text.clip.cut.ends((i + 1) / 2, parts)} aria-valuetext={clock(edge * 1000)} />
            ))}
          </SliderTrack>
        </Slider>
      </div>
      <div className={styles.row}>
        <Button small icon={<Scissors />} isDisabled={gap === undefined} onPress={() => { if (gap) { setEdges(gap); setSure(false) } }}>{text.clip.cut.gap(clock(at * 1000))}</Button>
        {Array.from({ length: parts - 1 }, (_, i) => (
          <Button key={i} small tone="quiet" icon={<Undo2 />} onPress={() => setEdges(close(edges, i))}>{text.clip.cut.close(clock((edges[i * 2 + 1] ?? 0) * 1000), clock((edges[i * 2 + 2] ?? 0) * 1000))}</Button>
        ))}
      </div>
      <p className={styles.says} role="status">{goes < 0.05 ? text.clip.cut.how : text.clip.cut.goes(clock(goes * 1000), clock(left(edges) * 1000))}</p>
      <div className={styles.row} data-end>
        <Button small onPress={onKeep}>{text.clip.cut.keep}</Button>
        <Button small tone={sure ? 'danger' : 'primary'} isDisabled={goes < 0.05} onPress={() => (sure ? onCut(stretches(edges.map((edge) => Math.min(edge, length)))) : setSure(true))}>
          {sure ? text.clip.cut.sure : text.clip.cut.do}
        </Button>
      </div>
    </section>
  )
}
