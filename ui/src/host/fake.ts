/**
 * A host without a server: the organisation *Numbra*, answering at once. Screens are looked at and tested with it.
 * `?as=ana` signs in somebody else; `?be=offline`, `outdated`, `empty`, `loading`, `out`, `nobody`, `unknown`, `ringing`, `calling`, `unsent`, `held`, `still`, `unwatched`, `grown`, `blocked`, `small`, `few`, `foreign`, `converting`, `queued`, `unconvertible`, `converted` shows a state.
 */

import type { Call, Entity, Hello, PersonId, RequestId, Wait } from '../protocol/wire'
import { alsoIvr, ivr, ringing, still, tariff, NOW, ada, ana, ben, chi, dov, eli, entities, eve, grown, here, kit, answerMessage, backMessage, pictureOf, refund, refundClip, sam, sid, systemSound, uuid, phones } from './fake/numbra'
import { Rows } from './fake/decide'
import { crowd, gated, named } from './fake/mentions'
import { Refused, type Area, type Capabilities, type Connection, type Desktop, type FeedListener, type FoundNumber, type HeldClip, type Host, type Hotkey, type PageRecorder, type RecorderState, type Review, type SessionState, type Waiting } from './host'
import { store } from './store'
import clipFile from './fake/media/refund.webm'
import posterFile from './fake/media/refund.jpg'
import spriteFile from './fake/media/refund-sprite.jpg'
import ticketFile from './fake/media/ticket.png'
import errorFile from './fake/media/error.png'
import screenFile from './fake/media/screen.png'

const people = { ana, ben, chi, dov, eve, kit, sam, sid, ada, eli }
const yes = { can: true } as const

export function createHost(): Host {
  const query = new URLSearchParams(location.search)
  const as = people[(query.get('as') ?? 'sam') as keyof typeof people] ?? sam
  const be = new Set((query.get('be') ?? '').split(','))
  const isDesktop = /^\/(overlay|mark|masks|recorder|pick|ring)/.test(location.pathname) || be.has('desktop')
  const started = Date.now()
  const now = () => NOW + (Date.now() - started)
  const me = as.id
  const rows = new Rows(be.has('empty') ? entities.filter((entity) => ['org', 'person', 'desk'].includes(entity.entity)) : entities)
  if (query.get('state') === 'clip') rows.put({ entity: 'request', ...refund, state: 'waiting_asker', clip_wanted_by: sam.id })
  if (be.has('ringing')) rows.put({ entity: 'call', ...ringing(as) })
  if (be.has('calling')) rows.put({ entity: 'call', ...calling(me, be.has('joined') ? 'joined' : 'ringing') })

  if (be.has('unwatched')) rows.put({ entity: 'desk', ...phones, unwatched: { tells: [sid.id, sam.id] } })
  if (be.has('grown')) for (const desk of grown) rows.put({ entity: 'desk', ...desk })
  if (be.has('blocked')) {
    rows.put({ entity: 'request', ...tariff, care: { ...tariff.care, blocked_by: [refund.id], callback: null }, state: 'waiting_other' })
    rows.put({ entity: 'request', ...ivr, care: { ...ivr.care, blocked_by: [refund.id, uuid<RequestId>('request of another desk')] } })
    rows.put({ entity: 'request', ...alsoIvr, care: { ...alsoIvr.care, unblocked_at: NOW - 60_000 } })
  }
  if (be.has('crowd')) for (const entity of crowd) rows.put(entity)
  if (be.has('gated')) for (const entity of gated) rows.put(entity)
  if (be.has('named')) for (const entity of named) rows.put(entity)
  if (be.has('still')) for (const entity of still) rows.put(entity)

  // In AV1, of which `converting` is half done, `queued` waits, `unconvertible` failed.
  const foreign = ['foreign', 'converting', 'queued', 'unconvertible', 'converted'].find((state) => be.has(state))
  const refundRow = rows.get('clip', refundClip)
  if (foreign && refundRow) {
    const conversion = ({ foreign: 'unasked', unconvertible: 'failed', converted: 'done' } as const)[foreign] ?? 'asked'
    rows.put({ ...refundRow, entity: 'clip', codec: 'av1', conversion })
  }

  const listeners = new Set<FeedListener>()
  const session = store<SessionState>(be.has('out') ? { kind: 'out', hello } : { kind: 'in', me })
  const outbox = store<readonly Waiting[]>(be.has('unsent') ? unsent() : be.has('held') ? held() : [])
  const connection = store<Connection>(be.has('offline') ? { kind: 'offline', since: NOW - 4 * 60_000 } : be.has('outdated') ? { kind: 'outdated' } : { kind: 'online' })
  const drafts = new Map<string, string>()
  if (be.has('unsent')) drafts.set('ask', 'second SIM for the same eSIM profile?')

  // The asker replies in another window.
  window.addEventListener('replied', () => {
    const changes = rows.decide({ kind: 'say', args: { request: backMessage.request, message: uuid(), text: 'The heir.', readable_ibans: [], mentions: { whom: [], reason: '' }, attachments: [], clip: null, moment: null } }, me, now())
    for (const listener of listeners) listener.changes(changes)
  })

  return {
    capabilities: store<Capabilities>(
      isDesktop
        ? { recordScreen: yes, takeShot: yes, hotkey: be.has('wayland') ? { can: false, because: 'no_display_access' } : yes, notify: yes, openApps: yes, keepSecrets: yes, findNumbers: be.has('unread') ? { can: false, because: 'not_installed' } : yes }
        : { recordScreen: be.has('norecord') ? no : yes, takeShot: no, hotkey: no, notify: yes, openApps: no, keepSecrets: yes, findNumbers: no },
    ),
    session,
    connection,
    outbox,
    skew: store(NOW - started),
    drafts: { get: (key) => drafts.get(key) ?? '', put: (key, value) => void drafts.set(key, value) },
    media: {
      clip: () => clipFile,
      poster: () => posterFile,
      sprite: () => spriteFile,
      attachment: (id) => (pictureOf[id] === 'error' ? errorFile : ticketFile),
    },
    account: {
      hello: async () => hello,
      signIn: async ({ password }) => {
        if (password === 'wrong') throw new Refused({ code: 'wrong_password' })
        session.set({ kind: 'in', me })
      },
      signInByLink: async (secret) => {
        if (secret === 'spent') throw new Refused({ code: 'invite_spent' })
        session.set({ kind: 'in', me })
      },
      offer: async (secret) => {
        if (secret === 'spent') throw new Refused({ code: 'invite_spent' })
        return { org: 'Numbra', role: 'agent', label: '' }
      },
      join: async () => session.set({ kind: 'in', me }),
      setUp: async () => session.set({ kind: 'in', me }),
      signOut: async () => session.set({ kind: 'out', hello }),
      sessions: async () => [
        { id: 'a', device: 'Deskside on Linux', since: NOW - 21 * 86_400_000, current: true },
        { id: 'b', device: 'Firefox on Windows', since: NOW - 3 * 86_400_000, current: false },
        { id: 'c', device: 'Chrome on Android', since: NOW - 40 * 86_400_000, current: false },
      ],
      endSession: async () => undefined,
      passwordLink: async () => ({ link: 'https://desk.numbra.example/sign-in#7Q4M2ZKXW9', expires_at: NOW + 86_400_000 }),
      kept: async () => kept,
    },
    desktop: isDesktop ? fakeDesktop(me) : undefined,
    review: fakeReview(be, drafts),
    recorder: isDesktop || be.has('norecord') ? undefined : fakeRecorder(me, be.has('recording')),
    feed(listener) {
      if (be.has('loading')) return () => undefined
      listeners.add(listener)
      queueMicrotask(() => {
        listener.snapshot({ cursor: { epoch: 1, seq: 1 }, me, now: now(), entities: rows.all() })
        listener.passing({ kind: 'presence', people: here })
        if (be.has('converting')) listener.passing({ kind: 'clip_converts', clip: refundClip, ahead: 0, permille: 420, seconds: 38 })
        if (be.has('queued')) listener.passing({ kind: 'clip_converts', clip: refundClip, ahead: 2, permille: 0, seconds: 170 })
        if (be.has('typing')) listener.passing({ kind: 'typing', request: refund.id, person: ana.id })
      })
      return () => listeners.delete(listener)
    },
    async send(command) {
      if (be.has('refuse')) throw new Refused({ code: 'already_taken' })
      if (be.has('offline')) {
        outbox.set([...outbox.get(), { commandId: uuid(), command, state: 'kept', since: now() }])
        return new Promise(() => undefined)
      }
      const changes = rows.decide(command, me, now())
      for (const listener of listeners) listener.changes(changes)
      if (command.kind === 'convert_clip') for (const listener of listeners) listener.passing({ kind: 'clip_converts', clip: command.args.clip, ahead: 0, permille: 0, seconds: 40 })
      return { n: 1, seq: 2 }
    },
    forget(commandId) {
      outbox.set(outbox.get().filter((one) => one.commandId !== commandId))
    },
    release(commandId) {
      outbox.set(outbox.get().map((one) => (one.commandId === commandId ? { ...one, state: 'kept' as const } : one)))
    },
    upload: async () => undefined,
    async search(words) {
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
      const hits = rows
        .all()
        .filter((entity): entity is Extract<Entity, { entity: 'message' }> => entity.entity === 'message' && entity.text !== '')
        .filter(({ text }) => wanted.every((word) => text.toLowerCase().includes(word)))
        .map((message) => {
          const at = message.text.toLowerCase().indexOf(wanted[0] ?? '')
          const found = rows.get('request', message.request)
          return { request: message.request, message: message.id, snippet: message.text, marks: [[at, at + (wanted[0]?.length ?? 0)]] as [number, number][], solved: found?.state === 'solved' }
        })
      return { hits: hits.slice(0, 8) }
    },
    read: async () => [],
    async place(id) {
      const nobody = be.has('nobody')
      const before = rows.waitingBefore(id)
      if (before === undefined) throw new Refused({ code: 'wrong_state' })
      const wait: Wait = nobody ? { kind: 'nobody' } : be.has('unknown') ? { kind: 'usually', within_ms: 0 } : { kind: 'about', from_ms: (before + 1) * 60_000, to_ms: (before + 1) * 180_000 }
      return { place: before + 1, on_duty: nobody ? 0 : 2, has_room: !nobody, wait, opens_at: null, here: null }
    },
    liveShare: async () => ({ from: Date.UTC(2026, 9, 25, 23), to: Date.UTC(2026, 10, 22, 23), counted: be.has('few') ? null : be.has('small') ? { asked: 12, live: 4 } : { asked: 184, live: 57 } }),
    async questionPlace(desk, urgency) {
      if (be.has('offline')) throw new Refused({ code: 'unavailable' })
      const nobody = be.has('nobody')
      const before = rows.waitingAt(desk, urgency)
      const wait: Wait = nobody ? { kind: 'nobody' } : be.has('unknown') ? { kind: 'usually', within_ms: 0 } : { kind: 'about', from_ms: (before + 1) * 60_000, to_ms: (before + 1) * 180_000 }
      return { place: before + 1, on_duty: nobody ? 0 : 2, has_room: !nobody, wait, opens_at: null, here: null }
    },
    affected: async (change) => rows.affected(change),
    askedAbout: async (ticket) => {
      if (be.has('refuse')) throw new Refused({ code: 'unavailable' })
      return rows.all().flatMap((one) => (one.entity === 'request' && one.ticket?.label === ticket ? [one] : []))
    },
    callLink: async () => ({ web: 'https://meet.numbra.example/deskside-k3v9q7' }),
    open: (address) => void document.body.setAttribute('data-opened', address),
    saveClip: async (id) => `/home/ana/Downloads/clip-${id.split('-').at(-1)}.webm`,
    link: (path) => location.origin + path,
    id: () => uuid(),
    typing: () => undefined,
  }
}

const no = { can: false, because: 'browser' } as const
const hello: Hello = { product: 'deskside', version: '1.0', server_version: '0.1.0', org: 'Numbra', public_url: 'https://desk.numbra.example', set_up: true }

function calling(me: PersonId, state: Call['state']): Call {
  return {
    id: uuid('call mine'), request: refund.id, caller: me, callee: me === ana.id ? sam.id : ana.id, then: [], before: [], state, silent: false, wants_callback: false,
    room: 'k3v9q7', joined: state === 'joined' ? [me] : [], outcome: '', rang_at: NOW - 9_000, accepted_at: state === 'joined' ? NOW - 250_000 : null,
    joined_at: state === 'joined' ? NOW - 247_000 : null, ended_at: null, still_asked_at: null,
  }
}

function held(): Waiting[] {
  const since = NOW - 14 * 60_000
  return unsent().slice(0, 1).map((one) => ({ ...one, state: 'held' as const, since }))
}

function unsent(): Waiting[] {
  return [
    { commandId: uuid('w1'), state: 'kept', since: NOW - 90_000, command: { kind: 'ask', args: { request: uuid('request unsent'), message: uuid('m unsent'), desk: phones.id, text: 'Is the outage in Bonn known already?', readable_ibans: [], mentions: { whom: [], reason: '' }, urgency: 'live', ticket: null, private_with: null, attachments: [], clip: null, details: [], asked_at: NOW - 90_000 } } },
    { commandId: uuid('w2'), state: 'sending', since: NOW - 2_000, command: { kind: 'say', args: { request: refund.id, message: uuid('m unsent 2'), text: 'She says the button is blue now.', readable_ibans: [], mentions: { whom: [], reason: '' }, attachments: [], clip: null, moment: null } } },
  ]
}

const kept = [
  { table: 'Person', field: 'name, e-mail address', purpose: 'So that colleagues know who asks and who answers', seen_by: 'Everyone in the organisation', how_long: 'Until the account is erased' },
  { table: 'Person', field: 'status', purpose: 'What you say of yourself: available, on a call, away, off', seen_by: 'Everyone in the organisation', how_long: 'Only the present one' },
  { table: 'Request', field: 'text, urgency, times', purpose: 'The question and how long it has waited', seen_by: 'Whoever may see the desk; if private, the people it names', how_long: 'Until erased' },
  { table: 'Clip', field: 'picture, sound', purpose: 'To show what words can\'t', seen_by: 'Until Stop only its recorder and those let in; then whoever sees the request', how_long: '90 days after the request is closed' },
  { table: 'Session', field: 'device, since when', purpose: 'To end a sign-in you do not know', seen_by: 'You', how_long: 'Until signed out' },
]

/** `?be=review`: a clip for a thread waits to be watched; `?be=review-ask`: one for the question being written. */
function fakeReview(be: Set<string>, drafts: Map<string, string>): Review {
  const clip: HeldClip = { clip: uuid('clip held'), request: be.has('review') ? refund.id : null, ms: 14_000, width: 1280, height: 720, sound: be.has('system'), system_sound: be.has('system'), at: NOW - 60_000, note: be.has('lost') ? 'recorder_lost' : null, version: 1 }
  const waits = be.has('review') || be.has('review-ask')
  if (be.has('review-ask')) drafts.set('ask:clip', clip.clip)
  const held = store<readonly HeldClip[]>(waits ? [clip] : [])
  const gone = async () => held.set([])
  return {
    held,
    open: async () => ({ address: clipFile, close: () => undefined }),
    send: gone,
    cut: be.has('nocut') ? undefined : async (_clip, keep) => held.set([{ ...clip, version: 2, ms: keep.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0) }]),
    discard: gone,
  }
}

function fakeRecorder(me: PersonId, running: boolean): PageRecorder {
  const begun: RecorderState = { kind: 'recording', ms: 42_000, level: 0.46, system_level: 0, system: 'off', watchers: me === ana.id ? [sam.id] : [], paused: false, mic: 'on', masks: 0, held: new URLSearchParams(location.search).get('state') === 'kept', clip: refundClip }
  const state = store<RecorderState>(running ? begun : { kind: 'idle' })
  const patch = (change: Partial<typeof begun>) => {
    const old = state.get()
    if (old.kind === 'recording') state.set({ ...old, ...change } as RecorderState)
  }
  return {
    state,
    mics: async () => [{ id: 'm1', name: 'Headset' }],
    begin: async () => (state.set(begun), true),
    skipCount: () => undefined,
    pause: (paused) => patch({ paused }),
    mute: (on) => patch({ mic: on ? 'muted' : 'on', level: on ? 0 : 0.46 }),
    stop: () => {
      state.set({ kind: 'finishing', clip: refundClip })
      setTimeout(() => state.set({ kind: 'idle' }))
    },
    discard: () => state.set({ kind: 'idle' }),
    letWatch: (person, on) => patch({ watchers: on ? [person] : [] }),
  }
}

function fakeDesktop(me: PersonId): Desktop {
  const state = new URLSearchParams(location.search).get('state')
  const recorder = store<RecorderState>(
    state === 'counting' ? { kind: 'counting', left: 3 }
      : state === 'failed' ? { kind: 'failed', because: 'no_display' }
        : { kind: 'recording', ms: 42_000, level: 0.46, system_level: state === 'system' ? 0.7 : 0, watchers: me === ana.id && state !== 'kept' && !state?.startsWith('system') ? [sam.id] : [], paused: state === 'paused', mic: state === 'system-lost' ? 'lost' : 'on', system: state === 'system' || state === 'system-lost' ? 'on' : state === 'system-off' ? 'muted' : state === 'system-gone' ? 'lost' : 'off', masks: state === 'masked' ? 2 : 0, held: state === 'kept', clip: refundClip },
  )
  /** Where they stand in `media/screen.png`; the account is made of another line. */
  const numbers: FoundNumber[] = [
    { kind: 'card', x: 773, y: 338, width: 166, height: 20 },
    { kind: 'iban', x: 780, y: 304, width: 159, height: 20 },
    { kind: 'email', x: 372, y: 144, width: 197, height: 20 },
    { kind: 'phone', x: 574, y: 144, width: 138, height: 20 },
  ]
  const areas: Area[] = [
    { kind: 'display', name: 'Display 1', id: 'd1', x: 0, y: 0, width: 1920, height: 1080 },
    // A sharp one, beside and below the first.
    ...(state === 'second' ? [{ kind: 'display' as const, name: 'Display 2', id: 'd2', x: 1920, y: 300, width: 2560, height: 1600 }] : []),
    { kind: 'window', name: 'Ticket 4711, Zendesk', id: 'w1', x: 60, y: 70, width: 1180, height: 760 },
    { kind: 'window', name: 'Tariff sheet', id: 'w2', x: 1280, y: 140, width: 560, height: 620 },
  ]
  const pictures = new Set<Parameters<Desktop['shots']['onPicture']>[0]>()
  const isTaken = state === 'taken'
  let hotkeys: Hotkey[] = [
    { does: 'ask', keys: 'Ctrl+Shift+Space', standard: 'Ctrl+Shift+Space', taken: isTaken, proposal: isTaken ? 'Ctrl+Alt+Space' : undefined },
    { does: 'shot', keys: state === 'off' ? undefined : 'Ctrl+Alt+Shift+Space', standard: 'Ctrl+Alt+Shift+Space', taken: false, proposal: undefined },
  ]
  return {
    overlay: {
      onShow(listener) {
        queueMicrotask(() => state === 'answer' || state === 'back' ? listener({ kind: 'answer', message: state === 'back' ? backMessage.id : answerMessage }) : state === 'clip' ? listener({ kind: 'clip', request: refund.id, by: sam.id }) : listener({ kind: 'ask', text: '', urgency: 'live', desk: undefined }))
        return () => undefined
      },
      onGuess(listener) {
        queueMicrotask(() => listener({ ticket: { label: 'ZD 4711', url: 'https://numbra.zendesk.com/agent/tickets/4711' }, guessed: state === 'guessed' }))
        return () => undefined
      },
      hide: () => document.body.setAttribute('data-hidden', 'true'),
      letGo: () => document.body.setAttribute('data-let-go', 'true'),
      resize: () => undefined,
    },
    shots: {
      frozen: async () => ({ address: screenFile, width: 1280, height: 720 }),
      begin: async ({ request }) => {
        const picture = await (await fetch(ticketFile)).blob()
        for (const listener of pictures) listener(picture, request ?? 'ask')
      },
      done: async (picture) => void Object.assign(window, { picture }),
      cancel: () => document.body.setAttribute('data-hidden', 'true'),
      onPicture(listener) {
        pictures.add(listener)
        return () => pictures.delete(listener)
      },
    },
    numbers: {
      async inFrozen(tell) {
        if (state === 'failed') throw new Refused({ code: 'unavailable' })
        if (state !== 'numbers' && state !== 'looking') return []
        tell(numbers.slice(0, 2))
        if (state === 'looking') await looked()
        return numbers
      },
      async inPicture() {
        if (state === 'looking') await looked()
        return []
      },
      clean: async (picture) => picture,
    },
    recorder: {
      state: recorder,
      areas: async () => ({ areas, covers: areas.findLast(({ kind }) => kind === 'display'), last: { kind: 'region', name: 'Last area', id: 'r', x: 120, y: 110, width: 960, height: 540 }, mics: [{ id: 'm1', name: 'Headset' }, { id: 'm2', name: 'Built-in' }], systemSound: new URLSearchParams(location.search).get('state') === 'system' ? systemSound.reason : undefined, backdrop: screenFile }),
      begin: async ({ x, y, width, height }, { systemSound }) => {
        if (systemSound) document.body.setAttribute('data-system-sound', 'true')
        document.body.setAttribute('data-area', `${width}x${height}+${x}+${y}`)
        recorder.set({ kind: 'counting', left: 3 })
      },
      pick: ({ request }) => document.body.setAttribute('data-picking', request ?? ''),
      cancelPick: () => document.body.setAttribute('data-hidden', 'true'),
      skipCount: () => undefined,
      pause: (paused) => patch({ paused }),
      mute: (on) => patch({ mic: on ? 'muted' : 'on', level: on ? 0 : 0.46 }),
      muteSystem: (on) => patch({ system: on ? 'muted' : 'on', system_level: on ? 0 : 0.7 }),
      stop: () => recorder.set({ kind: 'finishing', clip: refundClip }),
      discard: () => recorder.set({ kind: 'idle' }),
      letWatch: (person, on) => patch({ watchers: on ? [person] : [] }),
      mask: () => patch({ paused: true }),
      masks: async () => ({ masks: state === 'boxes' ? [{ x: 250, y: 260, width: 620, height: 90 }, { x: 1280, y: 180, width: 300, height: 60 }] : [], backdrop: { address: screenFile, width: 1920, height: 1080 }, screen: { x: 0, y: 0, width: 1920, height: 1080 } }),
      setMasks: (masks) => Object.assign(window, { masks }),
    },
    setup: {
      hotkeys: async () => {
        if (state === 'failed') throw new Refused({ code: 'fault' })
        return hotkeys
      },
      // Ctrl+Alt+T is another program's, as on many a desktop.
      setHotkey: async (does, keys) => {
        if (keys === 'Ctrl+Alt+T') return { outcome: 'taken', proposal: 'Ctrl+Alt+Space' }
        if (keys && hotkeys.some((one) => one.does !== does && one.keys === keys)) return { outcome: 'ours', proposal: undefined }
        hotkeys = hotkeys.map((one) => (one.does === does ? { ...one, keys, taken: false, proposal: undefined } : one))
        return { outcome: 'held', proposal: undefined }
      },
      restHotkeys: async (on) => document.body.setAttribute('data-resting', String(on)),
      mics: async () => [{ id: 'm1', name: 'Headset' }, { id: 'm2', name: 'Built-in' }],
      listen: (_, level) => {
        level(0.4)
        return () => undefined
      },
    },
    showMain: (path) => document.body.setAttribute('data-main', path),
    closeWindow: () => document.body.setAttribute('data-hidden', 'true'),
  }

  /** Goes on until the page is asked to let it end. */
  function looked(): Promise<void> {
    return new Promise((resolve) => window.addEventListener('looked', () => resolve(), { once: true }))
  }

  function patch(change: Partial<Extract<RecorderState, { kind: 'recording' }>>): void {
    const old = recorder.get()
    if (old.kind === 'recording') recorder.set({ ...old, ...change })
  }
}
