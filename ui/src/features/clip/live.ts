/**
 * Plays a clip while it is still being recorded. Reads the growing file, joins at the newest cluster that holds
 * a key frame, stays close behind the live edge, crosses gaps, and changes over to the finished file in place.
 *
 * No framework, no DOM beyond the one <video>: the player, the recorder's "Sam is watching" view and the proof page
 * drive the same class. Figures that chose the constants are in docs/performance.md.
 */

import { GrowingFile, Unreadable, type Fetch } from './growing'
import { ClusterSplitter, NotWebM, findClusters, readHead, type Cluster, type Head } from './webm'

/** What the viewer is told; sentences for each live in `text`. */
export type LiveState =
  | { kind: 'starting' }
  /** Close behind the recorder. */
  | { kind: 'live' }
  /** Watching an earlier moment while the recording goes on. */
  | { kind: 'behind'; seconds: number }
  /** No byte came for a while; everything up to `keptUpTo` seconds is safe. */
  | { kind: 'silent'; keptUpTo: number }
  | { kind: 'finished' }
  | { kind: 'failed'; reason: 'gone' | 'unplayable' | 'unreachable' }

export interface LiveOptions {
  /** Where the clip is served, while it grows and afterwards. */
  url: string
  onState?: (state: LiveState) => void
  fetch?: Fetch
  /** Milliseconds between questions to a server that does not hold its answer open. */
  poll?: number
}

/** Wanted reserve, in seconds, when the next cluster is about to arrive. More is late, less stutters. */
const RESERVE = 0.35
/** Further behind than this and the player jumps instead of hurrying. */
const JUMP_BEHIND = 1.8
/** Reserve beyond which playback hurries a little, and how much. Below 10 % nobody hears it. */
const HURRY_ABOVE = 0.6
const HURRY = 1.08
/** "Recorder silent" after this many milliseconds without a byte. */
const SILENT_AFTER = 2500
/** How much of the past stays decoded-ready behind the playhead, and how much future is fetched when behind. */
const KEEP_BEHIND = 60
const FETCH_AHEAD = 30
/** First guess at how far back the newest key frame lies, in bytes; doubled until found. */
const FIRST_LOOK = 512 * 1024
const HEAD_LENGTH = 96 * 1024

export class ClipLive {
  readonly #file: GrowingFile
  readonly #poll: number
  #head: Head | undefined
  #media: MediaSource | undefined
  #buffer: SourceBuffer | undefined
  #objectUrl: string | undefined
  #feed: AbortController | undefined
  #state: LiveState = { kind: 'starting' }
  /** The viewer wants to be at the live edge; a seek backwards ends that, `toLiveEdge` restores it. */
  #following = true
  #rate = 1
  #edge = 0
  #lastByteAt = 0
  #watch: ReturnType<typeof setInterval> | undefined
  #over = false

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: LiveOptions,
  ) {
    this.#file = new GrowingFile(options.url, options.fetch)
    this.#poll = options.poll ?? 250
  }

  get state(): LiveState {
    return this.#state
  }

  /** Seconds of the newest moment known to exist. */
  get edge(): number {
    return this.#edge
  }

  /** Seconds between the playhead and the newest moment known. */
  get behind(): number {
    return Math.max(0, this.#edge - this.video.currentTime)
  }

  /** Begins to play: at the live edge, or from the first moment. */
  async start(from: 'edge' | 'beginning' = 'edge'): Promise<void> {
    this.#lastByteAt = performance.now()
    this.#watch = setInterval(() => this.#tend(), 250)
    this.#following = from === 'edge'
    try {
      if (await this.#open()) await this.#restart(from === 'edge' ? undefined : 0)
      else await this.finish()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Jumps to the newest moment and stays there. */
  async toLiveEdge(): Promise<void> {
    this.#following = true
    const end = this.#bufferedEnd()
    if (end !== undefined && this.#edge - end < 2) {
      this.video.currentTime = Math.max(this.#bufferedStart(end), end - 1)
      await this.video.play().catch(() => undefined)
    } else {
      await this.#restart(undefined).catch((error: unknown) => this.#fail(error))
    }
  }

  /** Goes to `seconds`, fetching that part if it is not here. */
  async seek(seconds: number): Promise<void> {
    // Also while it changes over: the whole file is what the video shows from then on.
    if (this.#over) {
      this.video.currentTime = seconds
      return
    }
    this.#following = this.#edge - seconds < 2
    if (this.#holds(seconds)) this.video.currentTime = seconds
    else await this.#restart(seconds).catch((error: unknown) => this.#fail(error))
  }

  /** The speed the viewer chose; used only while not following the edge, where there is nothing to run ahead into. */
  setRate(rate: number): void {
    this.#rate = rate
    if (!this.#following || this.#over) this.video.playbackRate = rate
  }

  /**
   * The clip is finished: shows the complete file at the same moment, playing or paused as before.
   * The last picture stands as poster meanwhile, so nothing flashes.
   */
  async finish(url: string = this.options.url): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#feed?.abort()
    clearInterval(this.#watch)
    const { video } = this
    const position = video.currentTime
    const wasPlaying = !video.paused
    const poster = still(video)
    if (poster) video.poster = poster
    // The page may have said "none", because the finished clip has a poster; then nothing would ever be loaded.
    video.preload = 'auto'
    video.src = url
    this.#release()
    await once(video, 'loadedmetadata')
    video.playbackRate = this.#rate
    const target = Math.min(position, Math.max(0, video.duration - 0.05))
    if (target > 0.05) {
      video.currentTime = target
      await once(video, 'seeked')
    }
    this.#say({ kind: 'finished' })
    if (wasPlaying && target === position) await video.play().catch(() => undefined)
  }

  /** Lets go of the connection and the buffers; the video keeps its last picture. */
  stop(): void {
    this.#over = true
    clearInterval(this.#watch)
    this.#feed?.abort()
    this.#release()
  }

  /** Reads the head. False when the clip is finished already and needs none of this. */
  async #open(): Promise<boolean> {
    const signal = AbortSignal.timeout(20_000)
    for (;;) {
      const part = await this.#file.read(0, HEAD_LENGTH - 1, signal)
      if (part.total !== undefined) return false
      this.#head = readHead(part.bytes)
      if (this.#head) return true
      await delay(this.#poll, signal)
    }
  }

  /** Reads on from the cluster to show `seconds`, or from the newest that can be decoded. */
  async #restart(seconds: number | undefined): Promise<void> {
    this.#feed?.abort()
    const feed = (this.#feed = new AbortController())
    const head = this.#head
    if (!head) return
    const [start] = await Promise.all([this.#locate(head, seconds, feed.signal), this.#attach(head)])
    if (feed.signal.aborted) return
    void this.#pump(head, start.offset, feed.signal, start.position)
  }

  /** Byte offset of the cluster to begin with, and where in time to put the playhead. */
  async #locate(head: Head, seconds: number | undefined, signal: AbortSignal): Promise<{ offset: number; position: number | 'edge' }> {
    const wanted = seconds ?? Number.POSITIVE_INFINITY
    const position = seconds ?? 'edge'
    for (let look = FIRST_LOOK; ; look *= 2) {
      const part = await this.#file.readLast(look, signal)
      const clusters = findClusters(head, part.bytes, part.offset)
      const last = clusters.at(-1)
      if (last) this.#edge = Math.max(this.#edge, last.lastTime)
      const start = clusters.findLast((cluster) => decodable(cluster, head) && cluster.time <= wanted)
      if (start) return { offset: start.offset, position }
      if (part.offset <= head.firstCluster) return { offset: head.firstCluster, position }
    }
  }

  async #attach(head: Head): Promise<void> {
    if (this.#media?.readyState === 'open' && this.#buffer) return
    this.#release()
    if (!MediaSource.isTypeSupported(head.mimeType)) throw new NotWebM(head.mimeType)
    const media = (this.#media = new MediaSource())
    const opened = once(media, 'sourceopen')
    this.#objectUrl = URL.createObjectURL(media)
    this.video.src = this.#objectUrl
    await opened
    // Whatever length the head names (that of an interrupted clip which goes on), playback must not end there.
    media.duration = Number.POSITIVE_INFINITY
    this.#buffer = media.addSourceBuffer(head.mimeType)
    await this.#append(head.init)
  }

  async #pump(head: Head, offset: number, signal: AbortSignal, position: number | 'edge'): Promise<void> {
    let splitter = new ClusterSplitter(head, offset)
    let placed = false
    let failures = 0
    while (!signal.aborted) {
      try {
        for await (const part of this.#file.follow(splitter.offset, signal)) {
          failures = 0
          this.#lastByteAt = performance.now()
          if (part.total !== undefined) {
            void this.finish()
            return
          }
          for (const cluster of splitter.push(part.bytes)) {
            if (signal.aborted) return
            await this.#take(cluster, placed)
            if (!placed) placed = this.#place(position, cluster)
            await this.#roomAhead(signal)
          }
        }
        // What is pending of an unfinished cluster is asked for again: at most one second of bytes.
        splitter = new ClusterSplitter(head, splitter.offset)
        await delay(this.#poll, signal)
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof Unreadable && (error.status === 404 || error.status === 410)) return this.#fail(error)
        if (error instanceof NotWebM) return this.#fail(error)
        failures += 1
        splitter = new ClusterSplitter(head, splitter.offset)
        await delay(Math.min(4000, this.#poll * 2 ** failures), signal).catch(() => undefined)
      }
    }
  }

  async #take(cluster: Cluster, placed: boolean): Promise<void> {
    const end = this.#bufferedEnd()
    await this.#append(cluster.bytes)
    this.#edge = Math.max(this.#edge, cluster.lastTime)
    if (placed && this.#following && end !== undefined) this.#pace(end - this.video.currentTime)
  }

  /** Puts the playhead where the viewer wants it, once that moment is here. */
  #place(position: number | 'edge', cluster: Cluster): boolean {
    const end = this.#bufferedEnd()
    if (end === undefined) return false
    if (position === 'edge') {
      // The file was read up to its end when this cluster is the newest known: stand shortly before it ends.
      if (cluster.lastTime < this.#edge - 0.01) return false
      this.video.currentTime = Math.max(this.#bufferedStart(end), end - RESERVE)
    } else {
      if (!this.#holds(position)) {
        // The wanted moment lies in a stretch without pictures: begin with what follows it.
        if (cluster.time <= position) return false
        position = cluster.time
      }
      this.video.currentTime = position
    }
    void this.video.play().catch(() => undefined)
    return true
  }

  /** `reserve` is what was left to play when a new cluster came: the only moment when that figure means something. */
  #pace(reserve: number): void {
    const { video } = this
    if (reserve > JUMP_BEHIND) {
      const end = this.#bufferedEnd()
      if (end !== undefined) video.currentTime = end - 1 - RESERVE
      video.playbackRate = 1
    } else {
      video.playbackRate = reserve > HURRY_ABOVE ? HURRY : 1
    }
  }

  /** Four times a second: crosses gaps, drops the far past, says where we are. */
  #tend(): void {
    const { video } = this
    if (this.#over) return
    const ranges = video.buffered
    for (let i = 0; i < ranges.length; i++) {
      const ahead = ranges.start(i) - video.currentTime
      const stuck = video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA
      if (stuck && ahead > 0 && !this.#holds(video.currentTime + 0.1)) {
        video.currentTime = ranges.start(i) + 0.01
        break
      }
    }
    const silentFor = performance.now() - this.#lastByteAt
    if (this.#state.kind === 'failed') return
    if (silentFor > SILENT_AFTER) this.#say({ kind: 'silent', keptUpTo: this.#edge })
    else if (this.#bufferedEnd() === undefined) this.#say({ kind: 'starting' })
    else if (this.#following) this.#say({ kind: 'live' })
    else this.#say({ kind: 'behind', seconds: Math.round(this.behind) })
  }

  async #roomAhead(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const end = this.#bufferedEnd()
      if (this.#following || end === undefined || end - this.video.currentTime < FETCH_AHEAD) return
      await delay(500, signal)
      // Deliberately not reading is not silence.
      this.#lastByteAt = performance.now()
    }
  }

  async #append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const buffer = this.#buffer
    if (!buffer) return
    try {
      buffer.appendBuffer(bytes)
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error
      await this.#forgetBefore(this.video.currentTime - 5)
      buffer.appendBuffer(bytes)
    }
    await once(buffer, 'updateend')
    if (this.video.currentTime - this.#firstBuffered() > KEEP_BEHIND * 2) {
      await this.#forgetBefore(this.video.currentTime - KEEP_BEHIND)
    }
  }

  async #forgetBefore(seconds: number): Promise<void> {
    if (!this.#buffer || seconds <= 0) return
    this.#buffer.remove(0, seconds)
    await once(this.#buffer, 'updateend')
  }

  #firstBuffered(): number {
    return this.video.buffered.length > 0 ? this.video.buffered.start(0) : this.video.currentTime
  }

  #bufferedEnd(): number | undefined {
    const ranges = this.#buffer?.buffered
    return ranges && ranges.length > 0 ? ranges.end(ranges.length - 1) : undefined
  }

  #bufferedStart(end: number): number {
    const ranges = this.#buffer?.buffered
    const last = (ranges?.length ?? 0) - 1
    return ranges && last >= 0 && ranges.end(last) === end ? ranges.start(last) : 0
  }

  #holds(seconds: number): boolean {
    const ranges = this.video.buffered
    for (let i = 0; i < ranges.length; i++) if (ranges.start(i) <= seconds && seconds < ranges.end(i)) return true
    return false
  }

  #release(): void {
    if (this.#objectUrl) URL.revokeObjectURL(this.#objectUrl)
    this.#objectUrl = undefined
    this.#media = undefined
    this.#buffer = undefined
  }

  #fail(error: unknown): void {
    if (this.#over) return
    clearInterval(this.#watch)
    const gone = error instanceof Unreadable && (error.status === 404 || error.status === 410)
    this.#say({ kind: 'failed', reason: gone ? 'gone' : error instanceof NotWebM ? 'unplayable' : 'unreachable' })
  }

  #say(state: LiveState): void {
    const before = this.#state
    this.#state = state
    if (JSON.stringify(before) !== JSON.stringify(state)) this.options.onState?.(state)
  }
}

function decodable(cluster: Cluster, head: Head): boolean {
  return head.videoTrack === undefined || cluster.keyframe !== undefined
}

function still(video: HTMLVideoElement): string | undefined {
  if (video.videoWidth === 0) return undefined
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  try {
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    return canvas.toDataURL('image/jpeg', 0.8)
  } catch {
    // A tainted canvas: the browser shows black for a moment instead.
    return undefined
  }
}

function once(target: EventTarget, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => (target.removeEventListener('error', failed), resolve())
    const failed = () => (target.removeEventListener(event, done), reject(new NotWebM(`error while waiting for ${event}`)))
    target.addEventListener(event, done, { once: true })
    target.addEventListener('error', failed, { once: true })
  })
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true })
  })
}
