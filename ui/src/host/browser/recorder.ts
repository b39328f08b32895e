/**
 * Records the screen from inside a page: getDisplayMedia shows, MediaRecorder encodes, pieces of a second go to
 * `ClipUploads`, which keeps and sends them. The deny-list can't reach here: the browser hands out finished pictures.
 *
 * A sound track is always there, silent without a microphone: a still screen makes no pictures, and without bytes the
 * server would take the recorder for lost.
 */

import type { ClipId, ClipNote, Command, PersonId, RequestId } from '../../protocol/wire'
import type { PageRecorder, RecorderState } from '../host'
import { store } from '../store'
import type { ClipUploads } from './clips'
import { posterOf } from './poster'
import { inTime, Sound } from './sound'
import { uuid7 } from './uuid'

/** Chromium records VP9; Firefox, as of version 153, nothing newer than VP8. Both play everywhere. */
const FORMATS = ['video/webm;codecs=vp9,opus', 'video/webm;codecs=vp8,opus']
const PIECE = 1000
const BEAT = 250
const COUNT = 3
/** A browser's recorder that has given nothing for so long gives nothing: Firefox's, where there is no loudspeaker. */
const SILENT = 6000
/** The same ceiling as the app's recorder, in bits per second. */
const VIDEO_RATE = 2_500_000
const AUDIO_RATE = 48_000
/** Larger screens are scaled down by the browser: text stays readable, and a laptop can encode it. */
const LARGEST = { width: { max: 2560 }, height: { max: 1600 }, frameRate: { max: 30 } }

export interface RecorderParts {
  uploads: ClipUploads
  send: (command: Command) => Promise<unknown>
  /** The clips that wait to be watched have changed. */
  onHeld: () => Promise<void>
}

interface Run {
  clip: ClipId
  request: RequestId | undefined
  /** Nothing of it leaves before it was watched. */
  hold: boolean
  display: MediaStream
  sound: Sound
  /** Shows what is recorded to nobody: size and poster are read from it. */
  video: HTMLVideoElement
  recorder: MediaRecorder | undefined
  watchers: PersonId[]
  note: ClipNote | null
  /** Milliseconds recorded before the last pause, and since when it runs again. */
  before: number
  since: number | undefined
  poster: boolean
  discarded: boolean
  /** Pieces go to disk one after the other. */
  kept: Promise<void>
  timer: ReturnType<typeof setInterval> | undefined
  /** Until the first piece came. */
  doubt: ReturnType<typeof setTimeout> | undefined
}

export function canRecord(): boolean {
  return window.isSecureContext && 'MediaRecorder' in window && 'getDisplayMedia' in (navigator.mediaDevices ?? {}) && format() !== undefined
}

function format(): string | undefined {
  return FORMATS.find((one) => MediaRecorder.isTypeSupported(one))
}

export class BrowserRecorder implements PageRecorder {
  readonly state = store<RecorderState>({ kind: 'idle' })
  #run: Run | undefined

  constructor(private readonly parts: RecorderParts) {
    window.addEventListener('beforeunload', (event) => {
      // What was recorded is kept anyway; the question is whether the rest shall be missing.
      if (this.#run) event.preventDefault()
    })
  }

  async mics(): Promise<{ id: string; name: string }[]> {
    const devices = await navigator.mediaDevices.enumerateDevices()
    const inputs = devices.filter((one) => one.kind === 'audioinput')
    return inputs.map((one) => ({ id: one.deviceId || 'default', name: one.label }))
  }

  async begin({ mic, request, hold }: { mic: string | null; request: RequestId | undefined; hold: boolean }): Promise<boolean> {
    if (this.#run) return false
    let display: MediaStream
    try {
      display = await navigator.mediaDevices.getDisplayMedia({ video: LARGEST, audio: false })
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') this.state.set({ kind: 'failed', because: 'no_display' })
      return false
    }
    const sound = await Sound.open(mic)
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = display
    const clip = uuid7() as ClipId
    const run: Run = (this.#run = {
      clip, request, hold, display, sound, video, recorder: undefined, watchers: [], note: null, before: 0, since: undefined, poster: false, discarded: false, kept: Promise.resolve(), timer: undefined, doubt: undefined,
    })
    // "Stop sharing" in the browser's own bar is Stop.
    display.getVideoTracks()[0]?.addEventListener('ended', () => this.stop())
    await inTime(video.play())
    this.#count(run, COUNT)
    return true
  }

  skipCount(): void {
    if (this.state.get().kind === 'counting' && this.#run) this.#start(this.#run)
  }

  pause(on: boolean): void {
    const run = this.#run
    if (!run?.recorder) return
    if (on && run.recorder.state === 'recording') {
      run.recorder.pause()
      run.before = elapsed(run)
      run.since = undefined
    } else if (!on && run.recorder.state === 'paused') {
      run.recorder.resume()
      run.since = performance.now()
    }
    this.#show(run)
  }

  mute(on: boolean): void {
    const run = this.#run
    if (!run?.recorder) return
    run.sound.mute(on)
    this.#show(run)
  }

  stop(): void {
    const run = this.#run
    if (!run) return
    if (!run.recorder) return this.discard()
    if (run.recorder.state === 'inactive') return
    clearInterval(run.timer)
    this.state.set({ kind: 'finishing', clip: run.clip })
    run.recorder.stop()
  }

  discard(): void {
    const run = this.#run
    if (!run) return this.state.set({ kind: 'idle' })
    run.discarded = true
    if (run.recorder && run.recorder.state !== 'inactive') run.recorder.stop()
    this.#release(run)
    this.state.set({ kind: 'idle' })
    if (!run.recorder) return
    void run.kept.then(() => this.parts.uploads.drop(run.clip))
    // Nobody else knows of one that stays here.
    if (!run.hold) this.#tell({ kind: 'discard_clip', args: { clip: run.clip } })
  }

  letWatch(person: PersonId, watch: boolean): void {
    const run = this.#run
    if (!run || run.hold) return
    run.watchers = watch ? [...run.watchers, person] : run.watchers.filter((one) => one !== person)
    this.#tell({ kind: 'let_watch', args: { clip: run.clip, person, watch } })
    this.#show(run)
  }

  /** What a closed tab left: it is sent as far as it came, or waits to be watched as far as it came. */
  async recover(): Promise<void> {
    for (const clip of await this.parts.uploads.abandoned()) {
      if (clip.id === this.#run?.clip) continue
      if (clip.size === 0) {
        await this.parts.uploads.drop(clip.id)
        if (!clip.held) this.#tell({ kind: 'discard_clip', args: { clip: clip.id } })
        continue
      }
      if (clip.held) {
        await this.parts.uploads.hold(clip.id, { note: 'recorder_lost' })
        await this.parts.uploads.append(clip.id, new ArrayBuffer(0), true)
        continue
      }
      await this.parts.uploads.append(clip.id, new ArrayBuffer(0), true)
      this.#tell({ kind: 'stop_clip', args: { clip: clip.id, note: 'recorder_lost' } })
    }
    await this.parts.onHeld()
  }

  #count(run: Run, left: number): void {
    if (run !== this.#run || run.recorder || run.discarded) return
    if (left === 0) return this.#start(run)
    this.state.set({ kind: 'counting', left })
    setTimeout(() => this.#count(run, left - 1), 1000)
  }

  #start(run: Run): void {
    if (run.recorder) return
    const stream = new MediaStream([...run.display.getVideoTracks(), ...run.sound.stream.getAudioTracks()])
    const { width = run.video.videoWidth, height = run.video.videoHeight } = run.display.getVideoTracks()[0]?.getSettings() ?? {}
    try {
      run.recorder = new MediaRecorder(stream, {
        mimeType: format() ?? '', videoBitsPerSecond: VIDEO_RATE, audioBitsPerSecond: AUDIO_RATE,
        // Chromium's: without it one can seek to the first picture only.
        ...({ videoKeyFrameIntervalDuration: 2000 } as object),
      })
    } catch {
      this.#release(run)
      this.state.set({ kind: 'failed', because: 'encoder' })
      return
    }
    const { recorder } = run
    recorder.ondataavailable = (event) => this.#keep(run, event.data, recorder.state === 'inactive')
    recorder.onerror = () => this.#broken(run, 'encoder')
    const size = { width: width || 1280, height: height || 720, sound: run.sound.wanted }
    const held = run.hold && { held: { ...size, ms: 0, at: Date.now(), note: null, sending: false } }
    run.kept = this.parts.uploads.begin({ id: run.clip, request: run.request ?? null, size: 0, over: false, ...held })
    run.kept.catch(() => this.#broken(run, 'disk_full'))
    recorder.start(PIECE)
    run.since = performance.now()
    run.timer = setInterval(() => this.#beat(run), BEAT)
    run.doubt = setTimeout(() => this.#doubts(run), SILENT)
    this.#show(run)
    // The server hears of it when it is sent.
    if (run.hold) return
    const started = { clip: run.clip, request: run.request ?? null, ...size, in_browser: true, reviewed: false, system_sound: false }
    this.parts.send({ kind: 'start_clip', args: started }).catch(() => {
      // Refused, for example because an admin has switched it off meanwhile: nothing of it may stay.
      if (this.#run === run) this.discard()
    })
  }

  /** Nothing has come of it yet. While it is paused nothing has to. */
  #doubts(run: Run): void {
    if (run !== this.#run || run.discarded) return
    if (run.recorder?.state === 'paused') {
      run.doubt = setTimeout(() => this.#doubts(run), SILENT)
      return
    }
    this.discard()
    this.state.set({ kind: 'failed', because: 'nothing_comes' })
  }

  /** Order holds because each piece waits for the one before it. */
  #keep(run: Run, data: Blob, over: boolean): void {
    if (data.size > 0 || over) clearTimeout(run.doubt)
    if (run.discarded) return
    run.kept = run.kept.then(async () => {
      const bytes = await data.arrayBuffer()
      if (run.discarded) return
      if (run.hold) await this.parts.uploads.hold(run.clip, { ms: Math.round(elapsed(run)), note: noteOf(run) })
      await this.parts.uploads.append(run.clip, bytes, over)
    })
    run.kept.then(
      () => over && !run.discarded && this.#over(run),
      () => this.#broken(run, 'disk_full'),
    )
  }

  #over(run: Run): void {
    this.#release(run)
    const idle = () => {
      if (this.state.get().kind === 'finishing') this.state.set({ kind: 'idle' })
    }
    // Whoever hears that it is over finds it among those that wait.
    if (run.hold) return void this.parts.onHeld().then(idle)
    this.#tell({ kind: 'stop_clip', args: { clip: run.clip, note: noteOf(run) } })
    idle()
  }

  /** It can't go on; what was kept is sent, or waits to be watched. */
  #broken(run: Run, because: 'encoder' | 'disk_full'): void {
    if (run.discarded || this.#run !== run) return
    if (because === 'disk_full') run.note = 'disk_full'
    run.discarded = true
    if (run.recorder && run.recorder.state !== 'inactive') run.recorder.stop()
    this.#release(run)
    this.state.set({ kind: 'failed', because })
    this.#run = undefined
    const over = this.parts.uploads.append(run.clip, new ArrayBuffer(0), true).catch(() => undefined)
    if (run.hold) void over.then(() => this.parts.uploads.hold(run.clip, { note: run.note })).then(() => this.parts.onHeld())
    else this.#tell({ kind: 'stop_clip', args: { clip: run.clip, note: run.note } })
  }

  #beat(run: Run): void {
    this.#show(run)
    if (run.poster || elapsed(run) < 1000) return
    run.poster = true
    void posterOf(run.video).then((poster) => {
      if (poster) void this.parts.uploads.keepPoster(run.clip, poster).catch(() => undefined)
      else run.poster = false
    })
  }

  #show(run: Run): void {
    if (this.#run !== run || !run.recorder) return
    const { sound } = run
    this.state.set({
      kind: 'recording', ms: elapsed(run), level: sound.level(), system_level: 0, system: 'off', watchers: run.watchers, paused: run.recorder.state === 'paused',
      mic: !sound.wanted ? 'off' : sound.lost ? 'lost' : run.sound.muted ? 'muted' : 'on', masks: 0, held: run.hold, clip: run.clip,
    })
  }

  #release(run: Run): void {
    clearInterval(run.timer)
    clearTimeout(run.doubt)
    for (const track of run.display.getTracks()) track.stop()
    run.sound.close()
    run.video.srcObject = null
    if (this.#run === run) this.#run = undefined
  }

  #tell(command: Command): void {
    // Kept in the outbox; a refusal means that the clip is gone, and then there is nothing left to say.
    this.parts.send(command).catch(() => undefined)
  }
}

function noteOf(run: Run): ClipNote | null {
  return run.note ?? (run.sound.wanted && run.sound.lost ? 'microphone_lost' : null)
}

function elapsed(run: Run): number {
  return run.before + (run.since === undefined ? 0 : performance.now() - run.since)
}
