/**
 * The feed: a snapshot, then changes over a WebSocket that goes on where it was cut. A frame is taken only if it
 * follows the cursor; silence for two heartbeats counts as cut. Late listeners get the last snapshot and what came since.
 */

import { VERSION, type Change, type FromClient, type FromServer, type Snapshot } from '../../protocol/wire'
import { Refused, type Connection, type FeedListener, type Passing } from '../host'
import type { Api } from './api'

const SILENCE = 45_000
/** Close code of a socket whose session has ended. */
const SIGNED_OUT = 4001
const RETRY_FIRST = 300
const RETRY_LAST = 10_000

export interface FeedEvents {
  /** Changes come only after this has settled. */
  snapshot(snapshot: Snapshot): Promise<void>
  changes(items: readonly Change[], seq: number): void
  passing(news: Passing): void
  time(now: number): void
  connection(state: Connection): void
  signedOut(): void
}

export class Feed {
  #last: Snapshot | undefined
  #since: Change[] = []
  #cursor: { epoch: number; seq: number } | undefined
  #socket: WebSocket | undefined
  #wait = RETRY_FIRST
  #timer: ReturnType<typeof setTimeout> | undefined
  #quiet: ReturnType<typeof setTimeout> | undefined
  #offlineSince: number | undefined
  #running = false
  /** A snapshot has come since the start. */
  #began = false
  #isHeard = false

  constructor(
    private readonly api: Api,
    private readonly clientId: () => string,
    private readonly events: FeedEvents,
  ) {
    if (typeof window !== 'undefined') window.addEventListener('online', () => this.#running && this.#connect())
  }

  async start(): Promise<void> {
    this.#running = true
    this.#cursor = undefined
    await this.#connect()
  }

  stop(): void {
    this.#running = false
    this.#cursor = undefined
    this.#began = false
    this.#last = undefined
    this.#since = []
    clearTimeout(this.#timer)
    clearTimeout(this.#quiet)
    this.#socket?.close()
    this.#socket = undefined
  }

  /** Brings the listener to where the feed is; from then on nothing is kept here. */
  replay(listener: FeedListener): void {
    this.#isHeard = true
    if (this.#last) {
      listener.snapshot(this.#last)
      if (this.#since.length > 0) listener.changes(this.#since)
    }
    this.#last = undefined
    this.#since = []
  }

  say(frame: FromClient): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer)
    if (!this.#running || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return
    try {
      if (!this.#cursor) {
        const snapshot = await this.api.get<Snapshot>('/snapshot')
        if (!this.#running) return
        this.#cursor = snapshot.cursor
        this.#began = true
        if (!this.#isHeard) {
          this.#last = snapshot
          this.#since = []
        }
        await this.events.snapshot(snapshot)
        if (!this.#running) return
      }
    } catch (error) {
      if (error instanceof Refused && (error.problem.code === 'sign_in_needed' || error.problem.code === 'deactivated')) {
        this.#running = false
        this.events.signedOut()
      } else if (error instanceof Refused && error.problem.code === 'version_mismatch') this.#outdated()
      else this.#cut()
      return
    }
    const { protocol, host } = window.location
    const socket = (this.#socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}${this.api.base}/feed`))
    socket.onopen = () => {
      if (this.#cursor) this.say({ type: 'hello', client_id: this.clientId(), cursor: this.#cursor, version: VERSION })
      this.#heard(socket)
    }
    socket.onmessage = (message: MessageEvent<string>) => {
      if (socket !== this.#socket) return
      this.#heard(socket)
      this.#take(JSON.parse(message.data) as FromServer, socket)
    }
    socket.onclose = (event) => {
      if (socket !== this.#socket) return
      this.#socket = undefined
      // The session ended: the snapshot's answer says so in its own words.
      if (event.code === SIGNED_OUT) this.#cursor = undefined
      this.#cut()
    }
  }

  #take(frame: FromServer, socket: WebSocket): void {
    const cursor = this.#cursor
    if (!cursor) return
    switch (frame.type) {
      case 'changes':
        if (frame.prev !== cursor.seq) {
          // Something is missing between here and there: the cursor fetches it.
          socket.close()
          return
        }
        cursor.seq = frame.seq
        if (!this.#isHeard) this.#since.push(...frame.items)
        this.events.changes(frame.items, frame.seq)
        break
      case 'caught_up':
        this.#wait = RETRY_FIRST
        this.#offlineSince = undefined
        this.events.connection({ kind: 'online' })
        this.events.changes([], cursor.seq)
        break
      case 'head':
        this.events.time(frame.now)
        break
      case 'reset':
        if (frame.reason === 'version') return this.#outdated()
        this.#cursor = undefined
        socket.close()
        break
      case 'presence':
        this.events.passing({ kind: 'presence', people: frame.people })
        break
      case 'clip_grows':
        this.events.passing({ kind: 'clip_grows', clip: frame.clip, keptMs: frame.kept_ms, silent: frame.silent })
        break
      case 'clip_converts':
        this.events.passing({ kind: 'clip_converts', clip: frame.clip, ahead: frame.ahead, permille: frame.permille, seconds: frame.seconds })
        break
      case 'typing':
        this.events.passing({ kind: 'typing', request: frame.request, person: frame.person })
        break
    }
  }

  #heard(socket: WebSocket): void {
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => socket.close(), SILENCE)
  }

  #cut(): void {
    clearTimeout(this.#quiet)
    if (!this.#running) return
    this.#offlineSince ??= Date.now()
    this.events.connection(this.#began ? { kind: 'offline', since: this.#offlineSince } : { kind: 'connecting' })
    this.#timer = setTimeout(() => void this.#connect(), this.#wait * (0.75 + Math.random() / 2))
    this.#wait = Math.min(RETRY_LAST, this.#wait * 2)
  }

  #outdated(): void {
    this.#running = false
    this.#socket?.close()
    this.events.connection({ kind: 'outdated' })
  }
}
