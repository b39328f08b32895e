/**
 * The host of the desktop app. The Rust client owns connection, token, replica and outbox; this file only carries
 * messages: `invoke` asks, and one channel tells everything that changes, in order, so that no change can pass its
 * snapshot. The one file that imports `@tauri-apps`. Names and shapes are those of `src-tauri/CONTRACT.md`.
 */

import { Channel, invoke } from '@tauri-apps/api/core'
import type {
  Affected, AttachmentId, CallLink, Change, Command, CommandResult, Entity, Found, Hello, DeskId, InviteOffer, Kept, LiveShare, OneTimeLink, Place, Problem, RequestId, Session, Snapshot,
} from '../protocol/wire'
import { go } from '../app/router'
import { uuid7 } from './browser/uuid'
import {
  Refused, type Areas, type Capabilities, type Connection, type FeedListener, type FoundNumber, type Guess, type HeldClip, type Host, type Hotkey, type HotkeyOutcome, type Masking, type Passing, type RecorderState, type SessionState, type Shown, type Waiting,
} from './host'
import { store } from './store'

interface Picture {
  address: string
  width: number
  height: number
  bytes: number
}

type ToUi =
  | { kind: 'media'; base: string }
  | { kind: 'server'; address: string | null }
  | { kind: 'drafts'; drafts: Record<string, string> }
  | { kind: 'draft'; key: string; value: string }
  | { kind: 'capabilities'; capabilities: Capabilities }
  | { kind: 'session'; state: SessionState }
  | { kind: 'connection'; state: Connection }
  | { kind: 'skew'; ms: number }
  | { kind: 'outbox'; waiting: Waiting[] }
  | { kind: 'snapshot'; snapshot: Snapshot }
  | { kind: 'changes'; items: Change[] }
  | { kind: 'passing'; news: Passing }
  | { kind: 'recorder'; state: RecorderState }
  | { kind: 'held'; clips: HeldClip[] }
  | { kind: 'overlay'; shown: Shown }
  | { kind: 'guessed'; guess: Guess | null }
  | { kind: 'picture'; picture: Picture }
  | { kind: 'go'; path: string }

type OfFeed = Extract<ToUi, { kind: 'snapshot' | 'changes' | 'passing' }>

/** Until the app has spoken, nothing can be done; every `No` here is replaced within a few milliseconds. */
const NOTHING: Capabilities = {
  recordScreen: { can: false, because: 'not_granted' },
  takeShot: { can: false, because: 'not_granted' },
  hotkey: { can: false, because: 'not_granted' },
  notify: { can: false, because: 'not_granted' },
  openApps: { can: false, because: 'not_granted' },
  keepSecrets: { can: false, because: 'not_granted' },
  findNumbers: { can: false, because: 'not_granted' },
}

export async function createHost(): Promise<Host> {
  const session = store<SessionState>({ kind: 'starting' })
  const connection = store<Connection>({ kind: 'connecting' })
  const capabilities = store<Capabilities>(NOTHING)
  const outbox = store<readonly Waiting[]>([])
  const recorder = store<RecorderState>({ kind: 'idle' })
  const held = store<readonly HeldClip[]>([])
  const skew = store(0)
  const drafts = new Map<string, string>()
  const listeners = new Set<FeedListener>()
  const shown = new Set<(shown: Shown) => void>()
  const guesses = new Set<(guess: Guess | undefined) => void>()
  const pictures = new Set<(picture: Blob, forWhat: RequestId | 'ask') => void>()
  /** One screen is frozen at a time, so a picture is for what this window began last. */
  let shotFor: RequestId | 'ask' = 'ask'
  let media = ''
  let server = ''
  /** What the feed brought before anybody listened. */
  let waiting: OfFeed[] | undefined = []
  /** The overlay may be shown before its screen listens. */
  let lastShown: Shown | undefined
  let lastGuess: Guess | undefined

  function deliver(news: OfFeed): void {
    for (const listener of listeners) {
      if (news.kind === 'snapshot') listener.snapshot(news.snapshot)
      else if (news.kind === 'changes') listener.changes(news.items)
      else listener.passing(news.news)
    }
  }

  async function picture({ address }: Picture): Promise<void> {
    const forWhat = shotFor
    shotFor = 'ask'
    const blob = await (await fetch(address)).blob()
    for (const listener of pictures) listener(blob, forWhat)
  }

  function take(news: ToUi): void {
    switch (news.kind) {
      case 'media':
        media = news.base
        break
      case 'server':
        server = news.address ?? ''
        break
      case 'drafts':
        drafts.clear()
        for (const [key, value] of Object.entries(news.drafts)) drafts.set(key, value)
        break
      case 'draft':
        drafts.set(news.key, news.value)
        break
      case 'capabilities':
        capabilities.set(news.capabilities)
        break
      case 'session':
        session.set(news.state)
        break
      case 'connection':
        connection.set(news.state)
        break
      case 'skew':
        skew.set(news.ms)
        break
      case 'outbox':
        outbox.set(news.waiting)
        break
      case 'recorder':
        recorder.set(news.state)
        break
      case 'held':
        held.set(news.clips)
        break
      case 'overlay':
        lastShown = news.shown
        lastGuess = undefined
        for (const listener of shown) listener(news.shown)
        break
      case 'guessed':
        lastGuess = news.guess ?? undefined
        for (const listener of guesses) listener(lastGuess)
        break
      case 'picture':
        void picture(news.picture)
        break
      case 'go':
        go(news.path)
        break
      default:
        if (waiting) waiting.push(news)
        else deliver(news)
    }
  }

  // Asked for once per page: the app tells the present state first, so that the first picture is a true one.
  await new Promise<void>((resolve, reject) => {
    const channel = new Channel<ToUi>()
    channel.onmessage = (news) => {
      take(news)
      if (news.kind === 'outbox') resolve()
    }
    invoke('attach', { channel }).catch(reject)
  })

  return {
    capabilities,
    session,
    connection,
    outbox,
    skew,
    drafts: {
      get: (key) => drafts.get(key) ?? '',
      put(key, value) {
        drafts.set(key, value)
        void invoke('put_draft', { key, value })
      },
    },
    media: {
      clip: (id) => `${media}/media/clip/${id}`,
      poster: (id) => `${media}/media/clip/${id}/poster`,
      sprite: (id) => `${media}/media/clip/${id}/sprite`,
      attachment: (id) => `${media}/media/attachment/${id}`,
    },
    account: {
      hello: (address) => ask<Hello>('hello', { address: address ?? null }),
      signIn: (args) => ask('sign_in', { address: args.address ?? null, email: args.email, password: args.password }),
      signInByLink: (secret, newPassword) => ask('sign_in_by_link', { secret, newPassword: newPassword ?? null }),
      offer: (secret) => ask<InviteOffer>('offer', { secret }),
      join: (join) => ask('join', { join }),
      setUp: (setUp) => ask('set_up', { setUp }),
      signOut: () => ask('sign_out'),
      sessions: () => ask<Session[]>('sessions'),
      endSession: (id) => ask('end_session', { id }),
      passwordLink: (person) => ask<OneTimeLink>('password_link', { person }),
      kept: () => ask<Kept[]>('kept'),
    },
    recorder: undefined,
    review: {
      held,
      // From this machine's own disk; other bytes after a cut are at another address.
      open: async (clip) => ({ address: `${media}/media/clip/${clip}?version=${held.get().find((one) => one.clip === clip)?.version ?? 0}`, close: () => undefined }),
      send: (clip, reviewed) => ask('review_send', { clip, reviewed }),
      cut: (clip, keep) => ask('review_cut', { clip, keep }),
      discard: (clip) => ask('review_discard', { clip }),
    },
    desktop: {
      overlay: {
        onShow(listener) {
          shown.add(listener)
          if (lastShown) listener(lastShown)
          return () => shown.delete(listener)
        },
        onGuess(listener) {
          guesses.add(listener)
          listener(lastGuess)
          return () => guesses.delete(listener)
        },
        hide() {
          lastShown = undefined
          void invoke('overlay_hide')
        },
        letGo: () => void invoke('overlay_let_go'),
        resize: (height) => void invoke('overlay_resize', { height }),
      },
      shots: {
        frozen: () => ask<Picture>('shot_frozen'),
        begin({ request }) {
          shotFor = request ?? 'ask'
          return ask('shot_begin', { request: request ?? null })
        },
        done: async (marked, { redacted }) => askRaw('shot_done', new Uint8Array(await marked.arrayBuffer()), { redacted: String(redacted) }),
        cancel: () => void invoke('shot_cancel'),
        onPicture(listener) {
          pictures.add(listener)
          return () => pictures.delete(listener)
        },
      },
      numbers: {
        inFrozen(tell) {
          const channel = new Channel<FoundNumber[]>()
          channel.onmessage = tell
          return ask<FoundNumber[]>('shot_look', { channel })
        },
        inPicture: (picture) => askWithBytes<FoundNumber[]>('look', picture),
        clean: async (picture) => new Blob([await askWithBytes<ArrayBuffer>('clean', picture)], { type: 'image/png' }),
      },
      recorder: {
        state: recorder,
        async areas() {
          const areas = await ask<{ [K in keyof Areas]: Areas[K] | null } & { system_sound: string | null }>('recorder_areas')
          return { areas: areas.areas ?? [], covers: areas.covers ?? undefined, last: areas.last ?? undefined, mics: areas.mics ?? [], systemSound: areas.system_sound ?? undefined, backdrop: areas.backdrop ?? undefined }
        },
        begin: (area, { mic, systemSound, request }) => ask('recorder_begin', { area, mic, systemSound, request: request ?? null }),
        pick: ({ request }) => void invoke('recorder_pick', { request: request ?? null }),
        cancelPick: () => void invoke('recorder_cancel_pick'),
        skipCount: () => void invoke('recorder_skip_count'),
        pause: (on) => void invoke('recorder_pause', { on }),
        mute: (on) => void invoke('recorder_mute', { on, system: false }),
        muteSystem: (on) => void invoke('recorder_mute', { on, system: true }),
        stop: () => void invoke('recorder_stop'),
        discard: () => void invoke('recorder_discard'),
        letWatch: (person, on) => void invoke('recorder_let_watch', { person, on }),
        mask: () => void invoke('recorder_mask'),
        async masks() {
          const found = await ask<{ [K in keyof Masking]: Masking[K] | null }>('recorder_masks')
          return { masks: found.masks ?? [], backdrop: found.backdrop ?? undefined, screen: found.screen ?? { x: 0, y: 0, width: window.innerWidth, height: window.innerHeight } }
        },
        setMasks: (masks) => void invoke('recorder_set_masks', { masks: masks ?? null }),
      },
      setup: {
        async hotkeys() {
          const found = await ask<{ [K in keyof Hotkey]: Hotkey[K] | null }[]>('hotkeys')
          return found.map((one) => ({ ...(one as Hotkey), keys: one.keys ?? undefined, proposal: one.proposal ?? undefined }))
        },
        async setHotkey(does, keys) {
          const { outcome, proposal } = await ask<{ outcome: HotkeyOutcome; proposal: string | null }>('set_hotkey', { does, keys: keys ?? null })
          return { outcome, proposal: proposal ?? undefined }
        },
        restHotkeys: (on) => ask('rest_hotkeys', { on }),
        mics: () => ask<{ id: string; name: string }[]>('mics'),
        listen(mic, level) {
          const channel = new Channel<{ level: number }>()
          channel.onmessage = (heard) => level(heard.level)
          void invoke('listen', { mic, channel })
          return () => void invoke('stop_listening')
        },
      },
      showMain: (path) => void invoke('show_main', { path }),
      closeWindow: () => void invoke('close_window'),
    },
    feed(listener: FeedListener) {
      listeners.add(listener)
      const missed = waiting ?? []
      waiting = undefined
      for (const news of missed) deliver(news)
      return () => listeners.delete(listener)
    },
    send: (command: Command) => ask<CommandResult>('send', { commandId: uuid7(), command }),
    forget: (commandId) => void invoke('forget', { commandId }),
    release: (commandId) => void invoke('release', { commandId }),
    async upload(id: AttachmentId, file) {
      await askRaw('upload', new Uint8Array(await file.arrayBuffer()), { attachment: id, mime: file.type })
    },
    async search(query, signal) {
      const found = await ask<Found>('search', { query })
      signal.throwIfAborted()
      return found
    },
    read: (request: RequestId) => ask<Entity[]>('read', { request }),
    place: (request: RequestId) => ask<Place>('place', { request }),
    liveShare: (desk: DeskId) => ask<LiveShare>('live_share', { desk }),
    async questionPlace(desk, urgency, signal) {
      const place = await ask<Place>('question_place', { desk, urgency })
      signal.throwIfAborted()
      return place
    },
    async affected(change, signal) {
      const affected = await ask<Affected>('affected', { desk: change.args.desk, change })
      signal.throwIfAborted()
      return affected
    },
    async askedAbout(ticket) {
      const entities = await ask<Entity[]>('asked_about', { ticket })
      return entities.filter((entity) => entity.entity === 'request')
    },
    callLink: (call) => ask<CallLink>('call_link', { call }),
    open: (address, otherwise) => void invoke('open', { address, otherwise: otherwise ?? null }),
    saveClip: (clip) => ask<string>('save_clip', { clip }),
    link: (path) => server.replace(/\/$/, '') + path,
    id: <T extends string>() => uuid7() as T,
    typing: (request) => void invoke('typing', { request }),
  }
}

/** Asks the app; what it refuses arrives as a problem with a code. */
async function ask<T = void>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args)
  } catch (error) {
    throw refusal(error)
  }
}

async function askWithBytes<T>(command: string, file: Blob): Promise<T> {
  try {
    return await invoke<T>(command, new Uint8Array(await file.arrayBuffer()))
  } catch (error) {
    throw refusal(error)
  }
}

/** Bytes travel as the body of the message, what is known of them as headers. */
async function askRaw(command: string, bytes: Uint8Array, headers: Record<string, string>): Promise<void> {
  try {
    await invoke(command, bytes, { headers })
  } catch (error) {
    throw refusal(error)
  }
}

function refusal(error: unknown): Error {
  if (typeof error === 'object' && error !== null && 'code' in error) return new Refused(error as Problem)
  return error instanceof Error ? error : new Error(String(error))
}
