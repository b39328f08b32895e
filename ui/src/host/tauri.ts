/**
 * The host of the desktop app. The Rust client owns connection, token, replica and outbox; this file only carries
 * messages: `invoke` asks, events tell. The one file that imports `@tauri-apps`. Names of commands and events here are
 * the contract with `src-tauri`, which has one short function for each.
 */

import { invoke } from '@tauri-apps/api/core'
import { listen, type EventCallback } from '@tauri-apps/api/event'
import type { AttachmentId, CallLink, Change, Command, CommandResult, Entity, Found, Hello, InviteOffer, Kept, OneTimeLink, Problem, RequestId, Session, Snapshot } from '../protocol/wire'
import { uuid7 } from './browser/uuid'
import {
  Refused, type Areas, type Capabilities, type Connection, type FeedListener, type Host, type Passing, type RecorderState, type SessionState, type Shown, type Waiting,
} from './host'
import { store, type Store } from './store'

/** What the app says once when a window opens: everything a screen needs before its first picture. */
interface Boot {
  session: SessionState
  connection: Connection
  capabilities: Capabilities
  outbox: Waiting[]
  drafts: Record<string, string>
  recorder: RecorderState
  skew: number
  /** `http://127.0.0.1:PORT/SECRET`: clips and pictures, local and remote alike. */
  media: string
}

export async function createHost(): Promise<Host> {
  const boot = await ask<Boot>('boot')
  const session = store(boot.session)
  const connection = store(boot.connection)
  const capabilities = store(boot.capabilities)
  const outbox = store<readonly Waiting[]>(boot.outbox)
  const recorder = store(boot.recorder)
  const skew = store(boot.skew)
  const drafts = new Map(Object.entries(boot.drafts))
  await Promise.all([mirror('session', session), mirror('connection', connection), mirror('capabilities', capabilities), mirror('outbox', outbox), mirror('recorder', recorder), mirror('skew', skew)])
  await hear<{ key: string; value: string }>('draft', ({ key, value }) => drafts.set(key, value))

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
        void invoke('keep_draft', { key, value })
      },
    },
    media: {
      clip: (id) => `${boot.media}/clip/${id}`,
      poster: (id) => `${boot.media}/clip/${id}/poster`,
      attachment: (id) => `${boot.media}/attachment/${id}`,
    },
    account: {
      hello: (address) => ask<Hello>('hello', { address: address ?? null }),
      signIn: (args) => ask('sign_in', { address: args.address ?? null, email: args.email, password: args.password }),
      signInByLink: (secret, newPassword) => ask('sign_in_by_link', { secret, newPassword: newPassword ?? null }),
      offer: (secret) => ask<InviteOffer>('invite_offer', { secret }),
      join: (args) => ask('join', { args }),
      setUp: (args) => ask('set_up', { args }),
      signOut: () => ask('sign_out'),
      sessions: () => ask<Session[]>('sessions'),
      endSession: (id) => ask('end_session', { id }),
      passwordLink: (person) => ask<OneTimeLink>('password_link', { person }),
      kept: () => ask<Kept[]>('kept'),
    },
    desktop: {
      overlay: {
        onShow: (listener) => subscribe<Shown>('overlay-shown', listener),
        hide: () => void invoke('hide_overlay'),
        resize: (height) => void invoke('resize_overlay', { height }),
      },
      shots: {
        frozen: () => ask<{ address: string; width: number; height: number }>('frozen_screen'),
        begin: ({ request }) => ask('begin_shot', { request: request ?? null }),
        async done(picture, { redacted }) {
          await askRaw('shot_done', new Uint8Array(await picture.arrayBuffer()), { 'x-redacted': String(redacted) })
        },
        cancel: () => void invoke('cancel_shot'),
        onPicture: (listener) =>
          subscribe<{ path: string }>('shot-ready', () => {
            void invoke<ArrayBuffer>('take_shot').then((bytes) => listener(new Blob([bytes], { type: 'image/png' })))
          }),
      },
      recorder: {
        state: recorder,
        areas: () => ask<Areas>('areas'),
        begin: (area, { mic, request, message }) => ask('begin_recording', { area, mic, request: request ?? null, message: message ?? null }),
        pick: ({ request }) => void invoke('pick_area', { request: request ?? null }),
        cancelPick: () => void invoke('cancel_pick'),
        skipCount: () => void invoke('skip_count'),
        pause: (on) => void invoke('pause_recording', { on }),
        mute: (on) => void invoke('mute_recording', { on }),
        mask: () => void invoke('mask_area'),
        draw: () => void invoke('draw_on_screen'),
        stop: () => void invoke('stop_recording'),
        discard: () => void invoke('discard_recording'),
        letWatch: (person, on) => void invoke('let_watch', { person, on }),
      },
      setup: {
        hotkey: () => ask<{ keys: string; taken: boolean; proposal: string | undefined }>('hotkey'),
        setHotkey: (keys) => ask<{ taken: boolean }>('set_hotkey', { keys }),
        mics: () => ask<{ id: string; name: string }[]>('mics'),
        listen(mic, level) {
          const stop = subscribe<number>('mic-level', level)
          void invoke('listen_to_mic', { mic })
          return () => {
            stop()
            void invoke('stop_listening')
          }
        },
      },
      showMain: (path) => void invoke('show_main', { path }),
      closeWindow: () => void invoke('close_window'),
    },
    feed(listener: FeedListener) {
      const stops = [
        subscribe<Snapshot>('feed-snapshot', (snapshot) => listener.snapshot(snapshot)),
        subscribe<Change[]>('feed-changes', (changes) => listener.changes(changes)),
        subscribe<Passing>('feed-passing', (news) => listener.passing(news)),
      ]
      // Listening first, then asking: a change between the two comes twice, which replaces an entity by itself.
      void ask<Snapshot | null>('snapshot').then((snapshot) => snapshot && listener.snapshot(snapshot))
      return () => {
        for (const stop of stops) stop()
      }
    },
    send: (command: Command) => ask<CommandResult>('send', { command }),
    forget: (commandId) => void invoke('forget', { commandId }),
    upload: async (id: AttachmentId, file) => askRaw('upload', new Uint8Array(await file.arrayBuffer()), { 'x-attachment': id, 'x-mime': file.type }),
    async search(query, signal) {
      const found = await ask<Found>('search', { query })
      signal.throwIfAborted()
      return found
    },
    read: (request: RequestId) => ask<Entity[]>('read_request', { request }),
    callLink: (call) => ask<CallLink>('call_link', { call }),
    open: (address) => void invoke('open_address', { address }),
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

async function mirror<T>(event: string, into: Store<T>): Promise<void> {
  await hear<T>(event, (value) => into.set(value))
}

async function hear<T>(event: string, take: (value: T) => void): Promise<void> {
  await listen<T>(event, ({ payload }) => take(payload))
}

function subscribe<T>(event: string, take: (value: T) => void): () => void {
  const callback: EventCallback<T> = ({ payload }) => take(payload)
  const stop = listen(event, callback)
  return () => void stop.then((unlisten) => unlisten())
}
