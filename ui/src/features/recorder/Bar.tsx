/**
 * The bar of a recording, 44 px high: level, time, mute, pause, who watches, stop, discard. The same in the app's own
 * window and in a page that records; a page can't hide a part of the screen, so it does not offer that.
 */

import { useEffect, useState } from 'react'
import { Check, Eye, Link2, Megaphone, Mic, MicOff, Pause, Play, Square, SquareDashed, Trash2, TriangleAlert, Volume2, VolumeX } from 'lucide-react'
import { Button, IconButton, Menu } from '../../kit'
import type { Recorder, Recording, RecorderState, SoundState } from '../../host/host'
import type { PersonId } from '../../protocol/wire'
import { useHost, useMe, useReadable, useReplica } from '../../replica/hooks'
import { clock, firstName, list, text } from '../../text'
import styles from './Bar.module.css'

export function Bar({ recorder, masks }: { recorder: Recording; masks?: Recorder | undefined }) {
  const state = useReadable(recorder.state)
  const [held, setHeld] = useState(false)
  if (state.kind === 'recording' && state.held !== held) setHeld(state.held)
  switch (state.kind) {
    case 'counting':
      return (
        <div className={styles.bar} role="status">
          <span className={styles.grow}>
            {text.recorder.left} <strong className={styles.count}>{state.left}</strong>
          </span>
          <Button small tone="primary" keys="Enter" autoFocus onPress={() => recorder.skipCount()}>{text.recorder.skip}</Button>
          <Button small keys="Esc" onPress={() => recorder.discard()}>{text.common.cancel}</Button>
        </div>
      )
    case 'recording':
      return <Running state={state} recorder={recorder} masks={masks} />
    case 'finishing':
      return <div className={styles.bar} role="status">{held ? text.recorder.holding : text.recorder.finishing}</div>
    case 'failed':
      return (
        <div className={styles.bar} role="alert">
          <TriangleAlert aria-hidden="true" className={styles.warning} />
          <span className={styles.grow}>{text.recorder.failed[state.because]}</span>
          <Button small onPress={() => recorder.discard()}>{text.common.close}</Button>
        </div>
      )
    default:
      return <div className={styles.bar} role="status">{text.recorder.idle}</div>
  }
}

/** What the computer plays: its level, its switch, and the reminder that others are recorded with it. */
function System({ state, level, mute }: { state: Exclude<SoundState, 'off'>; level: number; mute: Recording['muteSystem'] }) {
  const words = text.recorder.system
  if (state === 'lost') {
    return (
      <span className={styles.lost} role="status" title={words.lost}>
        <VolumeX aria-hidden="true" /> {words.gone}
      </span>
    )
  }
  return (
    <>
      <IconButton label={state === 'on' ? words.off : words.on} small onPress={() => mute?.(state === 'on')}>{state === 'on' ? <Volume2 /> : <VolumeX />}</IconButton>
      <Meter label={words.level} level={state === 'on' ? level : 0} />
      {state === 'on' ? (
        <strong className={styles.say} role="status" title={words.sayWhy}><Megaphone aria-hidden="true" /> {words.say}</strong>
      ) : (
        <span className={styles.quiet} role="status">{words.isOff}</span>
      )}
    </>
  )
}

function Meter({ label, level }: { label: string; level: number }) {
  const lights = 12
  return (
    <span className={styles.meter} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
      {Array.from({ length: lights }, (_, i) => (
        <span key={i} data-lit={level * lights > i || undefined} />
      ))}
    </span>
  )
}

function Running({ state, recorder, masks }: { state: Extract<RecorderState, { kind: 'recording' }>; recorder: Recording; masks: Recorder | undefined }) {
  const me = useMe()
  const people = useReplica((replica) => replica.people)
  const here = useReplica((replica) => replica.here)
  const host = useHost()
  const [copied, setCopied] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const [sure, setSure] = useState(false)
  useEffect(() => {
    if (!sure) return
    const timer = setTimeout(() => setSure(false), 4000)
    return () => clearTimeout(timer)
  }, [sure])
  const name = (id: PersonId) => firstName(people.get(id)?.name ?? '')
  const watching = state.watchers.length === 0 ? '' : state.watchers.length === 1 ? text.recorder.watching(name(state.watchers[0] as PersonId)) : text.recorder.watchingMany(list(state.watchers.map(name)))
  const others = [...people.values()].filter((person) => person.active && person.id !== me && here.get(person.id)?.connected)

  if (choosing) {
    const choose = (person: PersonId) => {
      recorder.letWatch(person, !state.watchers.includes(person))
      setChoosing(false)
    }
    return (
      <section className={styles.bar} aria-label={text.recorder.letWatch} data-paused={state.paused || undefined}>
        <span className={styles.dot} aria-hidden="true" />
        <span className={styles.people}>
          {others.map((person, i) => (
            <Button key={person.id} small autoFocus={i === 0} tone={state.watchers.includes(person.id) ? 'primary' : 'plain'} aria-pressed={state.watchers.includes(person.id)} onPress={() => choose(person.id)}>
              {firstName(person.name)}
            </Button>
          ))}
        </span>
        <Button small tone="quiet" onPress={() => setChoosing(false)}>{text.common.back}</Button>
      </section>
    )
  }
  return (
    <section
      className={styles.bar}
      aria-label={text.recorder.bar}
      data-paused={state.paused || undefined}
      onKeyDown={(event) => {
        if (masks && event.key.toLowerCase() === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) masks.mask()
      }}
    >
      <span className={styles.dot} aria-hidden="true" />
      <time className={styles.time}>{clock(state.ms)}</time>
      {state.paused && <span className={styles.quiet}>{text.recorder.paused}</span>}
      {state.mic === 'on' || state.mic === 'muted' ? (
        <IconButton label={state.mic === 'on' ? text.recorder.mute : text.recorder.unmute} small onPress={() => recorder.mute(state.mic === 'on')}>{state.mic === 'on' ? <Mic /> : <MicOff />}</IconButton>
      ) : state.mic === 'lost' ? (
        <span className={styles.lost} role="status" title={text.recorder.micLost}>
          <MicOff aria-hidden="true" /> {text.recorder.micGone}
        </span>
      ) : (
        <span className={styles.sound} role="img" aria-label={text.recorder.micOff}><MicOff aria-hidden="true" /></span>
      )}
      {state.mic === 'muted' && <span className={styles.quiet} role="status">{text.recorder.muted}</span>}
      {state.mic !== 'lost' && <Meter label={text.recorder.level} level={state.mic === 'on' ? state.level : 0} />}
      {state.system !== 'off' && <System state={state.system} level={state.system_level} mute={recorder.muteSystem} />}
      {watching && (
        <span className={styles.watching} role="status">
          <Eye aria-hidden="true" /> {watching}
        </span>
      )}
      {state.held && <span className={styles.held} role="status" title={text.recorder.held}>{text.recorder.held}</span>}
      <span className={styles.grow} />
      {masks && (
        <IconButton label={state.masks > 0 ? text.recorder.masked(state.masks) : text.recorder.mask} keys="M" small onPress={() => masks.mask()}>
          <SquareDashed className={state.masks > 0 ? styles.masked : undefined} />
        </IconButton>
      )}
      {/* Nobody can be shown what does not leave, and nothing is at its link yet. */}
      {state.held ? null : host.desktop ? (
        // The app's window is as high as the bar: a menu would have no room in it.
        <IconButton label={text.recorder.letWatch} small isDisabled={others.length === 0} onPress={() => setChoosing(true)}><Eye /></IconButton>
      ) : (
      <Menu
        label={text.recorder.letWatch}
        title={text.recorder.letWatch}
        actions={others.map((person) => ({ id: person.id, name: person.name, chosen: state.watchers.includes(person.id), act: () => recorder.letWatch(person.id, !state.watchers.includes(person.id)) }))}
      >
        <IconButton label={text.recorder.letWatch} small isDisabled={others.length === 0}><Eye /></IconButton>
      </Menu>
      )}
      {!state.held && <IconButton label={copied ? text.common.copied : text.clip.link} small onPress={() => void navigator.clipboard.writeText(host.link(`/c/${state.clip}`)).then(() => setCopied(true))}>{copied ? <Check /> : <Link2 />}</IconButton>}
      <IconButton label={state.paused ? text.recorder.resume : text.recorder.pause} small onPress={() => recorder.pause(!state.paused)}>{state.paused ? <Play /> : <Pause />}</IconButton>
      {sure ? (
        <Button small tone="danger" onPress={() => recorder.discard()}>{text.recorder.discardSure} {text.recorder.discardYes}</Button>
      ) : (
        <IconButton label={text.recorder.discard} small onPress={() => setSure(true)}><Trash2 /></IconButton>
      )}
      <Button small tone="primary" icon={<Square />} onPress={() => recorder.stop()}>{text.recorder.stop}</Button>
    </section>
  )
}
