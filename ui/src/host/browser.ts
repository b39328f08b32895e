/**
 * The host of a plain browser: HTTP and a WebSocket to the origin the page came from, the session in a cookie that no
 * script can read. Commands wait in an outbox on disk (`browser/outbox.ts`), the feed resumes where it was cut
 * (`browser/feed.ts`). The only file besides its parts that speaks HTTP or WebSocket.
 */

import type { Affected, AttachmentId, CallLink, Code, Entity, Found, Hello, InviteOffer, Kept, LiveShare, OneTimeLink, PersonId, Place, Request, RequestId, Session, SignedIn } from '../protocol/wire'
import { Refused, type Capabilities, type Connection, type FeedListener, type Host, type SessionState } from './host'
import { Api } from './browser/api'
import { ClipUploads } from './browser/clips'
import { Feed } from './browser/feed'
import { Outbox } from './browser/outbox'
import { BrowserRecorder, canRecord } from './browser/recorder'
import { BrowserReview } from './browser/review'
import { Uploads } from './browser/uploads'
import { openKept, takeSlot } from './browser/kept'
import { uuid7 } from './browser/uuid'
import { store } from './store'

const DRAFTS = 'deskside.draft.'

export async function createHost(): Promise<Host> {
  const api = new Api('/api/v1')
  const kept = await openKept(await takeSlot())
  let known: Hello | undefined
  const session = store<SessionState>({ kind: 'starting' })
  const connection = store<Connection>({ kind: 'connecting' })
  const skew = store(0)
  const listeners = new Set<FeedListener>()
  const uploads = new Uploads(api, kept)
  const me = () => {
    const now = session.get()
    return now.kind === 'in' ? now.me : undefined
  }
  const clips = new ClipUploads(api, kept, me)
  const resume = () => {
    uploads.resume()
    clips.resume()
  }
  let recovered: PersonId | undefined
  const signedOut = (because?: Code) => {
    feed.stop()
    session.set({ kind: 'out', hello: known, ...(because && { because }) })
    void review.look()
  }
  const outbox = await Outbox.open(api, kept, { onDecided: resume, onSignedOut: () => signedOut('sign_in_needed'), isOnline: () => connection.get().kind === 'online' })
  const review = new BrowserReview({ uploads: clips, send: (command) => outbox.send(command) })
  const recorder = new BrowserRecorder({ uploads: clips, send: (command) => outbox.send(command), onHeld: () => review.look() })
  const feed = new Feed(api, () => outbox.clientId, {
    async snapshot(snapshot) {
      await outbox.belongTo(snapshot.me)
      skew.set(snapshot.now - Date.now())
      session.set({ kind: 'in', me: snapshot.me })
      for (const listener of listeners) listener.snapshot(snapshot)
      // Of each who signs in here only what is theirs is taken up.
      if (recovered !== snapshot.me) void recorder.recover()
      recovered = snapshot.me
    },
    changes(items, seq) {
      for (const listener of listeners) listener.changes(items)
      outbox.reached(seq)
    },
    passing(news) {
      for (const listener of listeners) listener.passing(news)
    },
    time: (now) => skew.set(now - Date.now()),
    connection(state) {
      connection.set(state)
      if (state.kind === 'online') {
        outbox.flush()
        resume()
      }
    },
    signedOut: () => signedOut(),
  })

  const hello = async () => (known = await api.get<Hello>('/hello'))
  const enter = async (answer: Promise<SignedIn>) => {
    await answer
    await feed.start()
  }
  const device = deviceName()

  void hello().then(
    () => feed.start(),
    () => feed.start(),
  )

  return {
    capabilities: store(capabilities()),
    session,
    connection,
    outbox: outbox.waiting,
    skew,
    desktop: undefined,
    recorder: canRecord() ? recorder : undefined,
    review,
    drafts: {
      get: (key) => localStorage.getItem(DRAFTS + key) ?? '',
      put: (key, value) => (value ? localStorage.setItem(DRAFTS + key, value) : localStorage.removeItem(DRAFTS + key)),
    },
    media: {
      clip: (id) => `/media/clip/${id}`,
      poster: (id) => `/media/clip/${id}/poster`,
      sprite: (id) => `/media/clip/${id}/sprite`,
      attachment: (id) => `/media/attachment/${id}`,
    },
    account: {
      hello,
      signIn: ({ email, password }) => enter(api.post('/session', { email, password, device, token: false })),
      signInByLink: (secret, newPassword) => enter(api.post('/session/link', { secret, new_password: newPassword ?? null, device, token: false })),
      offer: (secret) => api.get<InviteOffer>(`/join/${encodeURIComponent(secret)}`),
      join: (args) => enter(api.post('/join', args)),
      setUp: (args) => enter(api.post('/setup', args)),
      async signOut() {
        await api.delete('/session').catch(() => undefined)
        signedOut()
      },
      sessions: () => api.get<Session[]>('/sessions'),
      endSession: (id) => api.delete(`/sessions/${encodeURIComponent(id)}`),
      passwordLink: (person: PersonId) => api.post<OneTimeLink>(`/people/${person}/password-link`, {}),
      kept: () => api.get<Kept[]>('/kept'),
    },
    feed(listener) {
      listeners.add(listener)
      feed.replay(listener)
      return () => listeners.delete(listener)
    },
    send: (command) => outbox.send(command),
    forget: (id) => outbox.forget(id),
    release: (id) => outbox.release(id),
    upload: (id: AttachmentId, file: Blob) => uploads.add(id, file),
    search: (query, signal) => api.get<Found>(`/search?q=${encodeURIComponent(query)}&limit=12`, signal),
    read: (request: RequestId) => read(api, request),
    place: (request) => api.get<Place>(`/requests/${request}/place`),
    liveShare: (desk) => api.get<LiveShare>(`/desks/${desk}/live-share`),
    questionPlace: (desk, urgency, signal) => api.get<Place>(`/desks/${desk}/place?urgency=${urgency}`, signal),
    affected: (change, signal) => api.post<Affected>(`/desks/${change.args.desk}/affected`, change, signal),
    askedAbout: async (ticket) => (await api.get<{ items: Request[] }>(`/requests?ticket=${encodeURIComponent(ticket)}`)).items,
    callLink: (call) => api.get<CallLink>(`/calls/${call}/link`),
    open(address) {
      // Links of a call come from the server, which checks them; this holds even if it did not.
      if (/^(https:|tel:|msteams:|zoommtg:|slack:|jitsi-meet:)/.test(address)) window.open(address, '_blank', 'noopener')
    },
    async saveClip(id) {
      const link = document.createElement('a')
      link.href = `/media/clip/${id}`
      link.download = `clip-${id.split('-').at(-1)}.webm`
      link.click()
      return undefined
    },
    link: (path) => location.origin + path,
    id: <T extends string>() => uuid7() as T,
    typing: (request) => feed.say({ type: 'typing', request }),
  }
}

/** A request that left the feed, and its thread. */
async function read(api: Api, request: RequestId): Promise<Entity[]> {
  const row = await api.get<Omit<Extract<Entity, { entity: 'request' }>, 'entity'>>(`/requests/${request}`)
  const entities: Entity[] = [{ ...row, entity: 'request' } as Entity]
  for (const [path, entity] of [['messages', 'message'], ['attachments', 'attachment'], ['clips', 'clip'], ['calls', 'call']] as const) {
    try {
      const { items } = await api.get<{ items: object[] }>(`/${path}?request=${request}`)
      entities.push(...items.map((item) => ({ ...item, entity }) as Entity))
    } catch (error) {
      // A thread without its pictures is better than none.
      if (!(error instanceof Refused)) throw error
    }
  }
  return entities
}

function capabilities(): Capabilities {
  const no = { can: false, because: 'browser' } as const
  const notify = !window.isSecureContext ? ({ can: false, because: 'insecure' } as const) : 'Notification' in window ? ({ can: true } as const) : no
  const record = canRecord() ? ({ can: true } as const) : window.isSecureContext ? no : ({ can: false, because: 'insecure' } as const)
  return { recordScreen: record, takeShot: no, hotkey: no, notify, openApps: no, keepSecrets: { can: true }, findNumbers: no }
}

function deviceName(): string {
  const agent = navigator.userAgent
  const browser = /Firefox/.test(agent) ? 'Firefox' : /Edg\//.test(agent) ? 'Edge' : /Chrome/.test(agent) ? 'Chrome' : /Safari/.test(agent) ? 'Safari' : 'Browser'
  const system = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Windows/.test(agent) ? 'Windows' : /Mac/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : ''
  return system ? `${browser} on ${system}` : browser
}
