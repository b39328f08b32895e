/**
 * A clip in a thread: poster first, then picture, timeline with the comments on it, speed and keys. While it is still
 * being recorded it follows the recorder (`ClipLive`); when it is finished it changes over in place.
 */

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Button as AriaButton, Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { Download, Ellipsis, Gauge, Link2, Maximize, MessageSquarePlus, Pause, Pencil, Play, Scissors, Trash2, Video, VideoOff, Volume2, VolumeX } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { IconButton, Menu, Note, Tooltip, toast } from '../../kit'
import type { Clip, ClipId, MessageId, RequestId } from '../../protocol/wire'
import { useCommands, useHost, useMe, usePerson, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { clock, firstName, text } from '../../text'
import { commentAt } from '../composer/moment'
import { drawOn } from '../composer/still'
import { ClipLive, type LiveState } from './live'
import { Converting } from './Converting'
import { jumpTo, listenForJumps } from './jump'
import { Peek } from './Peek'
import { usePlays } from './plays'
import { SPEEDS, faster, setSpeed, speed } from './speed'
import { Trim } from './Trim'
import styles from './ClipPlayer.module.css'

const FRAME = 1 / 30

export function ClipPlayer({ id, request }: { id: ClipId; request: RequestId | null }) {
  const clip = useReplica(useCallback((replica: Replica) => replica.clips.get(id), [id]))
  const me = useMe()
  useCutNews(clip, clip?.recorder === me)
  const recorder = usePerson(clip?.recorder)
  if (!clip) return <Absent>{text.clip.gone}</Absent>
  const name = clip.recorder === me ? text.common.youFirst : firstName(recorder?.name ?? '')
  switch (clip.state) {
    case 'discarded': return <Absent>{text.clip.discarded}</Absent>
    case 'deleted': return <Absent>{text.clip.deleted}</Absent>
    case 'expired': return <Absent>{text.clip.expired}</Absent>
    case 'recording':
      if (clip.recorder !== me && !clip.watchers.includes(me)) {
        return (
          <Absent live>
            {text.clip.recording(name)}. {text.clip.recordingHint}
          </Absent>
        )
      }
      return <Player clip={clip} request={request} name={name} />
    default:
      if (clip.cutting.length > 0) return <Absent live>{text.clip.cutting}</Absent>
      // Another version is another film: nothing of the old one may stay in the player.
      return <Player key={clip.version} clip={clip} request={request} name={name} />
  }
}

/** Tells the recorder what became of a cut. */
function useCutNews(clip: Clip | undefined, isOwn: boolean) {
  const before = useRef<Clip | undefined>(undefined)
  useEffect(() => {
    const old = before.current
    before.current = clip
    if (!isOwn || !old || !clip || clip.cutting.length > 0) return
    if (clip.version > old.version) toast({ title: text.clip.wasCut })
    else if (old.cutting.length > 0 && clip.state === 'finished') toast({ title: text.clip.uncut })
  }, [clip, isOwn])
}

function Absent({ children, live }: { children: React.ReactNode; live?: boolean }) {
  return (
    <div className={styles.absent}>
      <Note icon={live ? <Video /> : <VideoOff />}>{children}</Note>
    </div>
  )
}

function Player({ clip, request, name }: { clip: Clip; request: RequestId | null; name: string }) {
  const host = useHost()
  const { replica } = useWorld()
  const commands = useCommands()
  const me = useMe()
  const rate = useReadable(speed)
  const video = useRef<HTMLVideoElement>(null)
  const live = useRef<ClipLive | undefined>(undefined)
  /** Where somebody wants to be before there is anything to seek in, in seconds. */
  const wanted = useRef<number | undefined>(undefined)
  const [state, setState] = useState<LiveState | undefined>()
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(clip.duration_ms / 1000)
  const [muted, setMuted] = useState(false)
  const [failed, setFailed] = useState(false)
  const [begun, setBegun] = useState(false)
  const [followed] = useState(clip.state === 'recording' || clip.state === 'stopped')
  const growing = clip.state === 'recording' || clip.state === 'stopped'
  const address = clip.version > 1 ? `${host.media.clip(clip.id)}?version=${clip.version}` : host.media.clip(clip.id)
  const can = usePlays(clip.codec)
  /** The decoder that played the second did not get through this one. */
  const [broke, setBroke] = useState(false)
  const foreign = can === 'converted' || broke
  const unconverted = foreign && clip.state === 'finished' && clip.conversion !== 'done'
  /** Only what is whole is converted. */
  const later = foreign && clip.state !== 'finished'
  /** Play was pressed before there was anything to play. */
  const [wanting, setWanting] = useState(false)
  const copy = `${address}${clip.version > 1 ? '&' : '?'}as=vp9`
  const [trimming, setTrimming] = useState(false)
  /** The moment that is looked at in small, in seconds. */
  const [peek, setPeek] = useState<number | undefined>()
  const element = useCallback(() => video.current, [])
  const comments = useReplica(useCallback((replica: Replica) => commentsOn(replica, clip, request), [clip, request]))

  // A growing clip is fed by hand; the server's word that it is finished changes it over.
  useEffect(() => {
    const element = video.current
    if (!growing || !element || live.current) return
    const following = new ClipLive(element, { url: address, onState: setState })
    live.current = following
    setBegun(true)
    void following.start('edge')
  }, [address, growing])
  useEffect(() => {
    if (growing || !live.current || can === undefined) return
    if (!foreign) return void live.current.finish(address).catch(() => setFailed(true))
    live.current.stop()
    live.current = undefined
    setBegun(false)
  }, [address, growing, can, foreign])
  // Only leaving ends it: were it stopped when the clip is finished, there would be nothing left to change over.
  useEffect(
    () => () => {
      if (live.current?.state.kind !== 'finished') live.current?.stop()
      live.current = undefined
    },
    [address],
  )

  const play = useCallback(() => {
    void video.current?.play().catch((error: unknown) => {
      // It took so long that the browser wants to be asked again.
      if (error instanceof DOMException && error.name === 'NotAllowedError') setBegun(false)
      // Other bytes took its place.
      else if (!(error instanceof DOMException && error.name === 'AbortError')) setFailed(true)
    })
  }, [])
  const convert = useCallback(() => {
    setWanting(true)
    attempt(commands.convertClip({ clip: clip.id, version: clip.version }))
  }, [commands, clip.id, clip.version])
  const was = useRef(clip.conversion)
  useEffect(() => {
    const failedNow = was.current === 'asked' && clip.conversion === 'failed'
    was.current = clip.conversion
    if (!wanting || can === undefined) return
    if (!unconverted) {
      setWanting(false)
      setBegun(true)
      play()
    } else if (clip.conversion === 'unasked') convert()
    else if (failedNow) setWanting(false)
  }, [wanting, can, unconverted, clip.conversion, convert, play])

  const seek = useCallback((seconds: number) => {
    const element = video.current
    if (!element || unconverted) return
    setBegun(true)
    const to = Math.max(0, Math.min(seconds, length || seconds))
    setAt(to)
    if (live.current && live.current.state.kind !== 'finished') void live.current.seek(to)
    else if (element.readyState > 0) element.currentTime = to
    else {
      wanted.current = to
      element.preload = 'auto'
      element.load()
    }
  }, [length, unconverted])

  useEffect(() => listenForJumps(clip.id, (milliseconds) => {
    seek(milliseconds / 1000)
    video.current?.pause()
    video.current?.scrollIntoView({ block: 'nearest' })
  }), [clip.id, seek])

  const toggle = () => {
    const element = video.current
    if (!element) return
    if (unconverted || can === undefined) return setWanting(clip.conversion !== 'failed')
    setBegun(true)
    if (element.paused) play()
    else element.pause()
  }
  const changeSpeed = (next: number) => {
    setSpeed(next)
    if (live.current) live.current.setRate(next)
    else if (video.current) video.current.playbackRate = next
  }
  const comment = () => {
    video.current?.pause()
    commentAt(request, { clip: clip.id, version: clip.version, at_ms: Math.round((video.current?.currentTime ?? at) * 1000) })
  }

  const keys: Record<string, () => void> = {
    ' ': toggle,
    k: toggle,
    j: () => seek(at - 5),
    l: () => {
      if (playing) changeSpeed(faster(rate))
      else toggle()
    },
    ',': () => (video.current?.pause(), seek((video.current?.currentTime ?? at) - FRAME)),
    '.': () => (video.current?.pause(), seek((video.current?.currentTime ?? at) + FRAME)),
    c: comment,
    ArrowLeft: () => seek(at - 5),
    ArrowRight: () => seek(at + 5),
    x: () => canTrim && trim(),
  }
  const canTrim = clip.recorder === me && clip.state === 'finished' && !unconverted
  const save = () => attempt(host.saveClip(clip.id).then((path) => path && toast({ title: text.clip.saved(path) })))
  const trim = () => {
    setBegun(true)
    setTrimming(true)
    if (video.current?.readyState === 0) {
      video.current.preload = 'auto'
      video.current.load()
    }
  }

  const silent = state?.kind === 'silent' || replica.growth.get(clip.id)?.silent
  return (
    <figure
      className={styles.player}
      aria-label={text.clip.by(name)}
      onKeyDown={(event) => {
        const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
        const onControl = event.target instanceof Element && event.target.closest('button,[role=slider],input') !== null
        if (!act || event.ctrlKey || event.metaKey || event.altKey || (onControl && /^( |Arrow)/.test(event.key))) return
        event.preventDefault()
        event.stopPropagation()
        act()
      }}
    >
      <div className={styles.stage} style={{ aspectRatio: `${clip.width} / ${clip.height}` }}>
        {/* The picture takes the keys; the same things stand as buttons below. */}
        <video
          // What followed the recording has put bytes into the element that this computer can't play.
          key={String(foreign)}
          ref={video}
          className={styles.video}
          tabIndex={0}
          aria-label={text.clip.by(name)}
          poster={clip.poster ? host.media.poster(clip.id) : undefined}
          src={(followed && !foreign) || unconverted || later || can === undefined ? undefined : foreign ? copy : address}
          // Without a poster the first picture stands for the clip.
          preload={clip.poster && !begun ? 'none' : 'metadata'}
          playsInline
          muted={muted || !clip.sound}
          onClick={toggle}
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onLoadedMetadata={(event) => {
            event.currentTarget.playbackRate = rate
            if (Number.isFinite(event.currentTarget.duration)) setLength(event.currentTarget.duration)
            if (wanted.current !== undefined) event.currentTarget.currentTime = wanted.current
          }}
          onCanPlay={(event) => {
            // Loading may begin anew between the two, and then it is at the beginning again.
            if (wanted.current !== undefined && Math.abs(event.currentTarget.currentTime - wanted.current) > 0.1) event.currentTarget.currentTime = wanted.current
            wanted.current = undefined
          }}
          onTimeUpdate={(event) => {
            setAt(event.currentTarget.currentTime)
            if (live.current && growing) setLength(live.current.edge)
          }}
          onError={() => {
            if (clip.codec === 'av1' && !foreign && !growing) setBroke(true)
            else if (begun && !growing) setFailed(true)
          }}
        />
        {!begun && !(unconverted && clip.conversion !== 'unasked') && (
          <button type="button" className={styles.big} aria-label={`${unconverted ? text.clip.convert.play : text.clip.play}: ${text.clip.by(name)}`} onClick={toggle}>
            <Play aria-hidden="true" />
          </button>
        )}
        {growing && state?.kind === 'starting' && <span className={styles.onStage} role="status">{text.clip.starting}</span>}
        {silent && growing && <span className={styles.onStage} role="status">{text.clip.silent(clock(length * 1000))}</span>}
        {(later || (growing && state?.kind === 'failed' && state.reason === 'unplayable')) && <span className={styles.onStage} role="status">{text.clip.convert.later}</span>}
        {unconverted && <Converting clip={clip} onAsk={convert} onSave={save} />}
        {(failed || can === 'nothing') && !unconverted && (
          <span className={styles.onStage} role="alert">
            {text.clip.unplayable}. {text.clip.unplayableHint}
          </span>
        )}
      </div>
      {trimming && canTrim ? (
        <Trim
          video={element}
          address={address}
          length={length}
          onKeep={() => setTrimming(false)}
          onCut={(keep) => {
            setTrimming(false)
            attempt(commands.cutClip({ clip: clip.id, version: clip.version, keep }))
          }}
        />
      ) : (
      <div className={styles.controls}>
        <IconButton label={playing ? text.clip.pause : text.clip.play} keys="K" small onPress={toggle}>
          {playing ? <Pause /> : <Play />}
        </IconButton>
        <span className={styles.time}>
          <time>{clock(at * 1000)}</time> / {clock(length * 1000)}
        </span>
        <div
          className={styles.timeline}
          // What it does for the pointer, the slider in it does for the keys.
          role="presentation"
          onPointerMove={(event) => {
            const { left, width } = event.currentTarget.getBoundingClientRect()
            setPeek(width > 0 ? Math.max(0, Math.min(1, (event.clientX - left) / width)) * length : undefined)
          }}
          onPointerLeave={() => setPeek(undefined)}
          onKeyDown={(event) => /^(Arrow|Home|End|Page)/.test(event.key) && setPeek(at)}
          onBlur={() => setPeek(undefined)}
        >
          {peek !== undefined && length > 0 && <Peek clip={clip} at={Math.min(peek, length)} length={length} />}
          <Slider
            aria-label={text.clip.position}
            className={styles.slider ?? ''}
            minValue={0}
            maxValue={Math.max(length, 0.1)}
            step={0.1}
            value={Math.min(at, length)}
            onChange={(value) => {
              seek(value as number)
              setPeek(value as number)
            }}
          >
            <SliderTrack className={styles.track ?? ''}>
              <span className={styles.played} style={{ width: `${length > 0 ? Math.min(100, (at / length) * 100) : 0}%` }} />
              <SliderThumb className={styles.thumb ?? ''} />
            </SliderTrack>
          </Slider>
          <ul className={styles.marks} aria-label={text.clip.marks}>
            {comments.map((id) => (
              <Mark key={id} id={id} length={length} />
            ))}
          </ul>
        </div>
        {growing && (
          <button type="button" className={styles.live} data-behind={state?.kind === 'behind' || undefined} onClick={() => void live.current?.toLiveEdge()}>
            {state?.kind === 'behind' ? text.clip.goLive : text.clip.live}
          </button>
        )}
        <Menu
          label={text.clip.speed}
          title={text.clip.speed}
          actions={SPEEDS.map((one) => ({ id: String(one), name: `${one}×`, chosen: one === rate, act: () => changeSpeed(one) }))}
        >
          <IconButton label={`${text.clip.speed}: ${rate}×`} small>
            {rate === 1 ? <Gauge /> : <span className={styles.rate}>{rate}×</span>}
          </IconButton>
        </Menu>
        <IconButton label={!clip.sound ? text.clip.noSound : muted ? text.clip.unmute : text.clip.mute} small isDisabled={!clip.sound} onPress={() => setMuted(!muted)}>
          {muted || !clip.sound ? <VolumeX /> : <Volume2 />}
        </IconButton>
        {request && (
          <IconButton label={text.clip.comment} keys="C" small onPress={comment}>
            <MessageSquarePlus />
          </IconButton>
        )}
        {request && (
          <span className={styles.wideOnly}><IconButton label={text.clip.draw} small onPress={() => video.current && drawOn(video.current, request, { clip: clip.id, version: clip.version, at_ms: Math.round(at * 1000) })}>
            <Pencil />
          </IconButton></span>
        )}
        <IconButton label={text.clip.fullScreen} small onPress={() => void video.current?.requestFullscreen?.()}>
          <Maximize />
        </IconButton>
        <Menu label={text.common.more} actions={[
          { id: 'link', name: text.clip.link, icon: <Link2 />, act: () => void navigator.clipboard.writeText(host.link(`/c/${clip.id}`)).then(() => toast({ title: text.common.copied })) },
          ...(request && clip.recorder !== me ? [{ id: 'retake', name: text.clip.retake, icon: <Video />, act: () => attempt(commands.askForClip({ request })) }] : []),
          ...(growing ? [] : [{ id: 'save', name: text.clip.save, icon: <Download />, act: save }]),
          ...(canTrim ? [{ id: 'cut', name: text.clip.trim, icon: <Scissors />, act: trim }] : []),
          ...(clip.recorder === me ? [{ id: 'delete', name: text.clip.delete, icon: <Trash2 />, danger: true, act: () => attempt(commands.deleteClip({ clip: clip.id })) }] : []),
        ]}>
          <IconButton label={text.common.more} small>
            <Ellipsis />
          </IconButton>
        </Menu>
      </div>
      )}
      {(clip.note || clip.system_sound || clip.state === 'interrupted') && (
        <figcaption className={styles.note}>
          {clip.state === 'interrupted' ? text.clip.interrupted(clock(clip.duration_ms)) : ''} {clip.note ? text.clip.note[clip.note] : ''} {clip.system_sound && text.clip.systemSound}
        </figcaption>
      )}
    </figure>
  )
}

function Mark({ id, length }: { id: MessageId; length: number }) {
  const message = useReplica(useCallback((replica: Replica) => replica.messages.get(id), [id]))
  const author = usePerson(message?.author)
  const where = useMemo(() => (message?.moment && length > 0 ? Math.min(100, (message.moment.at_ms / 1000 / length) * 100) : 0), [message, length])
  if (!message?.moment) return null
  const { moment } = message
  return (
    <li className={styles.mark} style={{ left: `${where}%` }}>
      <Tooltip label={`${firstName(author?.name ?? '')}: ${message.text}`}>
        <AriaButton className={styles.markButton ?? ''} aria-label={text.clip.mark(firstName(author?.name ?? ''), clock(moment.at_ms))} onPress={() => jumpTo(moment)}>
          <span className={styles.dot} />
        </AriaButton>
      </Tooltip>
    </li>
  )
}

function commentsOn(replica: Replica, clip: Clip, request: RequestId | null): MessageId[] {
  if (!request) return []
  return replica.thread(request).filter((id) => {
    const message = replica.messages.get(id)
    return message?.moment?.clip === clip.id && !message.deleted
  })
}
