/**
 * A clip that has not left this machine, because a desk wants it watched first: it plays, and once all of it was watched
 * it can be sent. Until then it can be cut or thrown away, and nobody else ever knew of it.
 */

import { useCallback, useEffect, useRef, useState } from 'react'
import { Gauge, Pause, Play, Scissors, Send, SkipForward, Trash2, Volume2, VolumeX } from 'lucide-react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { attempt } from '../../app/attempt'
import { Button, IconButton, Menu } from '../../kit'
import type { HeldClip } from '../../host/host'
import { useHost, useReadable } from '../../replica/hooks'
import { clock, text } from '../../text'
import { SPEEDS, setSpeed, speed } from '../clip/speed'
import { Trim } from '../clip/Trim'
import { add, afterCut, isWatched, unseen, watchedHere, type Seen } from './watched'
import styles from './Review.module.css'

/** Players tell where they are four times a second, a busy machine less often. A jump says so itself. */
const STEP = 3

export interface ReviewProps {
  held: HeldClip
  /** Sends it. Absent: something else does, once it is watched. */
  onSend?: (() => void) | undefined
  onWatched?: ((watched: boolean) => void) | undefined
}

export function Review(props: ReviewProps) {
  // Other bytes are another film: nothing of the old ones may stay in the player.
  return <Film key={`${props.held.clip} ${props.held.version}`} {...props} />
}

function Film({ held, onSend, onWatched }: ReviewProps) {
  const { review } = useHost()
  const rate = useReadable(speed)
  const video = useRef<HTMLVideoElement>(null)
  const element = useCallback(() => video.current, [])
  const last = useRef<number | undefined>(undefined)
  const [address, setAddress] = useState<string | undefined>()
  const [failed, setFailed] = useState(false)
  const [playing, setPlaying] = useState(false)
  const [muted, setMuted] = useState(false)
  const [at, setAt] = useState(0)
  /** A browser's own recording says only at its end how long it is. */
  const [length, setLength] = useState(held.ms / 1000)
  const [seeks, setSeeks] = useState(false)
  const [seen, setSeen] = useState<Seen>(() => watchedHere.get(held.clip) ?? [])
  const [trimming, setTrimming] = useState(false)
  const [sure, setSure] = useState(false)
  const [busy, setBusy] = useState(false)
  const { clip } = held

  useEffect(() => {
    let close: (() => void) | undefined
    let here = true
    review.open(clip).then(
      (opened) => {
        if (!here) return opened.close()
        close = opened.close
        setAddress(opened.address)
      },
      () => here && setFailed(true),
    )
    return () => {
      here = false
      close?.()
    }
  }, [review, clip])

  useEffect(() => {
    if (!sure) return
    const timer = setTimeout(() => setSure(false), 5000)
    return () => clearTimeout(timer)
  }, [sure])

  const watched = isWatched(seen, length)
  useEffect(() => onWatched?.(watched), [onWatched, watched])

  const watch = (to: number) => {
    const from = last.current
    last.current = to
    setAt(to)
    if (from === undefined || to <= from || to - from > STEP * Math.max(1, rate)) return
    setSeen((before) => {
      const after = add(before, from, to)
      watchedHere.set(clip, after)
      return after
    })
  }
  const toggle = () => {
    const film = video.current
    if (!film) return
    if (film.paused) void film.play().catch(() => setFailed(true))
    else film.pause()
  }
  const seek = (to: number) => {
    if (!video.current || !seeks) return
    last.current = undefined
    video.current.currentTime = Math.max(0, Math.min(to, length))
    setAt(to)
  }
  const goToUnseen = () => {
    seek(unseen(seen, length).first)
    if (video.current?.paused) toggle()
  }
  const cut = review.cut
  const act = (doing: Promise<void>) => {
    setBusy(true)
    attempt(doing.finally(() => setBusy(false)))
  }
  const percent = (time: number) => `${length > 0 ? Math.min(100, (time / length) * 100) : 0}%`
  const { left } = unseen(seen, length)

  return (
    <figure
      className={styles.review}
      aria-label={text.review.title}
      onKeyDown={(event) => {
        const onControl = event.target instanceof Element && event.target.closest('button,[role=slider],input') !== null
        const keys: Record<string, () => void> = { ' ': toggle, k: toggle, ArrowLeft: () => seek(at - 5), ArrowRight: () => seek(at + 5), j: () => seek(at - 5) }
        const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
        if (!key || trimming || event.ctrlKey || event.metaKey || event.altKey || (onControl && /^( |Arrow)/.test(event.key))) return
        event.preventDefault()
        event.stopPropagation()
        key()
      }}
    >
      <figcaption className={styles.says}>
        <strong>{text.review.here}</strong> {text.review.why} {held.note && text.clip.note[held.note]} {held.system_sound && text.clip.systemSound}
      </figcaption>
      <div className={styles.stage} style={{ aspectRatio: held.width > 0 ? `${held.width} / ${held.height}` : '16 / 9' }}>
        <video
          ref={video}
          className={styles.video}
          tabIndex={0}
          aria-label={text.review.title}
          src={address}
          preload="auto"
          playsInline
          muted={muted || !held.sound}
          onClick={toggle}
          onPlay={(event) => {
            event.currentTarget.playbackRate = rate
            last.current = event.currentTarget.currentTime
            setPlaying(true)
          }}
          onPause={(event) => {
            watch(event.currentTarget.currentTime)
            setPlaying(false)
          }}
          onSeeking={() => (last.current = undefined)}
          onSeeked={(event) => (last.current = event.currentTarget.currentTime)}
          onTimeUpdate={(event) => !event.currentTarget.seeking && watch(event.currentTarget.currentTime)}
          onDurationChange={(event) => {
            if (!Number.isFinite(event.currentTarget.duration)) return
            setLength(event.currentTarget.duration)
            setSeeks(true)
          }}
          onEnded={(event) => {
            watch(event.currentTarget.currentTime)
            setLength(event.currentTarget.currentTime)
          }}
          onError={() => address !== undefined && setFailed(true)}
        />
        {failed && <span className={styles.onStage} role="alert">{text.clip.unplayable}. {text.clip.unplayableHint}</span>}
      </div>
      {trimming && cut && address ? (
        <Trim
          video={element}
          address={address}
          length={length}
          onKeep={() => setTrimming(false)}
          onCut={(keep) => {
            watchedHere.set(clip, afterCut(seen, keep))
            act(cut(clip, keep))
          }}
        />
      ) : (
        <>
          <div className={styles.controls}>
            <IconButton label={playing ? text.clip.pause : text.clip.play} keys="Space" small onPress={toggle}>{playing ? <Pause /> : <Play />}</IconButton>
            <span className={styles.time}>
              {clock(at * 1000)} / {clock(length * 1000)}
            </span>
            <Slider className={styles.slider ?? ''} aria-label={text.clip.position} minValue={0} maxValue={Math.max(length, 0.1)} step={0.1} value={Math.min(at, Math.max(length, 0.1))} isDisabled={!seeks} onChange={(value) => seek(value as number)}>
              <SliderTrack className={styles.track ?? ''}>
                {seen.map(([from, to]) => (
                  <span key={from} className={styles.seen} style={{ left: percent(from), width: percent(to - from) }} />
                ))}
                <SliderThumb className={styles.thumb ?? ''} />
              </SliderTrack>
            </Slider>
            <Menu
              label={text.clip.speed}
              title={text.clip.speed}
              actions={SPEEDS.map((one) => ({ id: String(one), name: `${one}×`, chosen: one === rate, act: () => {
                setSpeed(one)
                if (video.current) video.current.playbackRate = one
              } }))}
            >
              <IconButton label={`${text.clip.speed}: ${rate}×`} small>{rate === 1 ? <Gauge /> : <span className={styles.rate}>{rate}×</span>}</IconButton>
            </Menu>
            <IconButton label={!held.sound ? text.clip.noSound : muted ? text.clip.unmute : text.clip.mute} small isDisabled={!held.sound} onPress={() => setMuted(!muted)}>
              {muted || !held.sound ? <VolumeX /> : <Volume2 />}
            </IconButton>
          </div>
          <div className={styles.actions}>
            <span className={styles.left} role="status">{watched ? text.review.watched : text.review.left(clock(Math.ceil(left) * 1000))}</span>
            {!watched && seeks && at > 0 && !playing && <Button small tone="quiet" icon={<SkipForward />} onPress={goToUnseen}>{text.review.rest}</Button>}
            <span className={styles.grow} />
            {cut && <IconButton label={text.clip.trim} small isDisabled={busy || !seeks} onPress={() => setTrimming(true)}><Scissors /></IconButton>}
            {sure ? (
              <Button small tone="danger" isDisabled={busy} onPress={() => act(review.discard(clip))}>{text.recorder.discardSure} {text.recorder.discardYes}</Button>
            ) : (
              <IconButton label={text.recorder.discard} small isDisabled={busy} onPress={() => setSure(true)}><Trash2 /></IconButton>
            )}
            {onSend && <Button small tone="primary" icon={<Send />} isDisabled={!watched || busy} onPress={onSend}>{text.review.send}</Button>}
          </div>
          {!cut && <p className={styles.hint}>{text.review.noCut}</p>}
        </>
      )}
    </figure>
  )
}
