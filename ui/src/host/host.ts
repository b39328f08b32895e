/**
 * The one door between the screens and the world. The desktop webview, a plain browser and the demo each provide a
 * `Host`; screens ask for a capability, never for the kind of host. Nothing here does anything: it is all types.
 */

import type {
  Affected, AttachmentId, CallId, CallLink, Change, ClipId, ClipNote, ClipPart, Code, Command, CommandResult, Entity, Hello, Here, InviteOffer, Join, Kept, LiveShare, MessageId,
  OneTimeLink, PersonId, Place, Problem, Request, RequestId, Session, SetUp, Snapshot, Found, Ticket, Urgency, DeskId,
} from '../protocol/wire'
import type { FindKind } from '../masking'

/** A value that changes; made for `useSyncExternalStore`. */
export interface Readable<T> {
  get(): T
  subscribe(listener: () => void): () => void
}

/** Yes, or no with a reason whose sentence and next step stand in `text.capabilities`. */
export type Capability = { can: true } | { can: false; because: CapabilityReason }
export type CapabilityReason = 'browser' | 'insecure' | 'not_granted' | 'no_display_access' | 'not_installed'
export type Ability = 'recordScreen' | 'takeShot' | 'hotkey' | 'notify' | 'openApps' | 'keepSecrets' | 'findNumbers'
export type Capabilities = Readonly<Record<Ability, Capability>>

export type SessionState =
  | { kind: 'starting' }
  /** Not signed in; `hello` tells of the server, if it could be reached. */
  | { kind: 'out'; hello: Hello | undefined; because?: Code }
  | { kind: 'in'; me: PersonId }

export type Connection =
  | { kind: 'connecting' }
  | { kind: 'online' }
  /** Since when, in milliseconds since 1970. */
  | { kind: 'offline'; since: number }
  /** The server speaks another version; drafts are kept. */
  | { kind: 'outdated' }

/** A command on its way. It leaves the outbox when its effects have arrived by the feed. */
export interface Waiting {
  commandId: string
  command: Command
  /** `keeping`: not on disk yet. `kept`: saved here, not sent. `sending`: on the wire. `held`: a customer was waiting, and
   * it lay here so long that the person is asked whether it is still needed. `refused`: the server said no. */
  state: 'keeping' | 'kept' | 'sending' | 'held' | 'refused'
  since: number
  /** It may have reached the server already, so it can't be taken back. */
  maybeSent?: boolean
  problem?: Problem
}

/** What the feed brings. */
export interface FeedListener {
  snapshot(snapshot: Snapshot): void
  changes(items: readonly Change[]): void
  passing(news: Passing): void
}

/** News that is true for a moment and never stored. */
export type Passing =
  | { kind: 'presence'; people: readonly Here[] }
  | { kind: 'clip_grows'; clip: ClipId; keptMs: number; silent: boolean }
  | { kind: 'clip_converts'; clip: ClipId; ahead: number; permille: number; seconds: number }
  | { kind: 'typing'; request: RequestId; person: PersonId }

/** What was refused or broke, as the screens act on it. */
export class Refused extends Error {
  constructor(readonly problem: Pick<Problem, 'code' | 'detail' | 'trace'>) {
    super(problem.code)
  }
}

export interface Account {
  hello(address?: string): Promise<Hello>
  signIn(args: { address?: string; email: string; password: string }): Promise<void>
  signInByLink(secret: string, newPassword?: string): Promise<void>
  offer(secret: string): Promise<InviteOffer>
  join(args: Join): Promise<void>
  setUp(args: SetUp): Promise<void>
  signOut(): Promise<void>
  sessions(): Promise<Session[]>
  endSession(id: string): Promise<void>
  passwordLink(person: PersonId): Promise<OneTimeLink>
  kept(): Promise<Kept[]>
}

export interface Media {
  clip(id: ClipId): string
  poster(id: ClipId): string
  /** Small pictures along its time, as `clip.sprite` says. */
  sprite(id: ClipId): string
  attachment(id: AttachmentId): string
}

export interface Drafts {
  get(key: string): string
  put(key: string, value: string): void
}

/** A command that changes a desk. */
export type DeskChanging = Extract<Command, { kind: 'edit_desk' | 'arrange_desk' | 'set_rota' }>

export interface Host {
  readonly capabilities: Readable<Capabilities>
  readonly session: Readable<SessionState>
  readonly connection: Readable<Connection>
  readonly outbox: Readable<readonly Waiting[]>
  readonly account: Account
  readonly media: Media
  readonly drafts: Drafts
  /** Only in the desktop app. */
  readonly desktop: Desktop | undefined
  /** Only in a browser that can record by itself. */
  readonly recorder: PageRecorder | undefined
  /** Clips that have not left this machine. */
  readonly review: Review
  /** Server time minus this machine's, in milliseconds. */
  readonly skew: Readable<number>

  /** Begins to deliver; a snapshot comes first. Returns how to stop. */
  feed(listener: FeedListener): () => void
  /** Keeps a command, then sends it. Resolves when the server has decided; rejects with `Refused`. */
  send(command: Command): Promise<CommandResult>
  /** Forgets a refused command, or takes back one that was never sent. */
  forget(commandId: string): void
  /** Sends a held command after all, and whatever waits for it. */
  release(commandId: string): void
  /** Sends a file under the id its message has already named. Goes on by itself after a cut. */
  upload(id: AttachmentId, file: Blob): Promise<void>
  search(query: string, signal: AbortSignal): Promise<Found>
  /** An archived request with its thread. */
  read(request: RequestId): Promise<Entity[]>
  /** Where a request that nobody has taken stands now; refused when somebody has. */
  place(request: RequestId): Promise<Place>
  /** Where a question would stand at a desk that has not been asked yet. */
  questionPlace(desk: DeskId, urgency: Urgency, signal: AbortSignal): Promise<Place>
  /** How much of what was asked at a desk in the last whole weeks was a waiting customer. */
  liveShare(desk: DeskId): Promise<LiveShare>
  /** Whom a change of a desk would affect; nothing is changed. What would be refused is refused. */
  affected(change: DeskChanging, signal: AbortSignal): Promise<Affected>
  /** Everything asked about a ticket that this person may see, at any desk, archived too. */
  askedAbout(ticket: string): Promise<Request[]>
  callLink(call: CallId): Promise<CallLink>
  /** Opens an address outside: the system's browser, or a call app. `otherwise`: where no program knows the address's scheme. */
  open(address: string, otherwise?: string): void
  /** The address that somebody else opens `path` at, e.g. `https://desk.example.com/r/ID`. */
  link(path: string): string
  /** Saves a clip as a file; resolves with where it is, if that is known. */
  saveClip(id: ClipId): Promise<string | undefined>
  /** A fresh id. */
  id<T extends string>(): T
  typing(request: RequestId): void
}

/** A clip that stays on this machine until its recorder has watched it, because a desk demands that. */
export interface HeldClip {
  clip: ClipId
  /** The thread it was recorded for; null: the question being written. */
  request: RequestId | null
  ms: number
  width: number
  height: number
  sound: boolean
  /** What the computer played is in it. */
  system_sound: boolean
  /** When recording began, in milliseconds since 1970. */
  at: number
  note: ClipNote | null
  /** Another number for other bytes: it was cut. */
  version: number
}

export interface Review {
  /** What waits for whoever is signed in, the oldest first. */
  readonly held: Readable<readonly HeldClip[]>
  /** Where it plays from, and how to let go of that. */
  open(clip: ClipId): Promise<{ address: string; close(): void }>
  /** It is on its way from now on. `reviewed`: all of it was watched; a desk that demands it takes no other. */
  send(clip: ClipId, reviewed: boolean): Promise<void>
  /** Leaves only these parts; what is cut out never left. Undefined: not possible here. */
  readonly cut: ((clip: ClipId, keep: ClipPart[]) => Promise<void>) | undefined
  discard(clip: ClipId): Promise<void>
}

/** What only the desktop app can do. Each part belongs to a window of ui.md. */
export interface Desktop {
  readonly overlay: Overlay
  readonly shots: Shots
  readonly numbers: Numbers
  readonly recorder: Recorder
  readonly setup: MachineSetUp
  /** Shows the main window at an address like `/r/ID`. */
  showMain(path: string): void
  closeWindow(): void
}

export interface Guess {
  ticket: Ticket
  /** True: guessed from a title or the clipboard, so it is outlined. */
  guessed: boolean
}

/** Why the overlay was shown: somebody wants to ask, an answer has come, or somebody would like a clip. */
export type Shown =
  | { kind: 'ask'; text: string; urgency: Urgency | undefined; desk: DeskId | undefined }
  | { kind: 'answer'; message: MessageId }
  | { kind: 'clip'; request: RequestId; by: PersonId }
  /** Its key was pressed again: what is being asked is put away. */
  | { kind: 'nothing' }

export interface Overlay {
  /** Fires each time the overlay is shown. */
  onShow(listener: (shown: Shown) => void): () => void
  /** Fires when it is known, or known not to be known, which ticket the question is about. */
  onGuess(listener: (guess: Guess | undefined) => void): () => void
  /** Hides it; if it had the keyboard, that goes back where it was. */
  hide(): void
  /** Gives the keyboard back and stays in sight. */
  letGo(): void
  resize(height: number): void
}

export interface Shots {
  /** The frozen screen that is being marked. */
  frozen(): Promise<{ address: string; width: number; height: number }>
  /** Begins: freezes the screen and opens the marking window. */
  begin(forWhat: { request?: RequestId }): Promise<void>
  /** The finished picture; resolves with the file that was kept, ready to send. */
  done(picture: Blob, marks: { redacted: boolean }): Promise<void>
  cancel(): void
  /** Pictures that are ready, and what they were begun for. A hotkey's are for the question. */
  onPicture(listener: (picture: Blob, forWhat: RequestId | 'ask') => void): () => void
}

/** A customer's number in a picture, in its pixels. */
export interface FoundNumber {
  kind: FindKind
  x: number
  y: number
  width: number
  height: number
}

/** Looks for them on this machine. What rejects was not looked at to its end: it may hold any. */
export interface Numbers {
  /** In the screen being marked; `tell` hears all so far, whenever there are more. */
  inFrozen(tell: (found: readonly FoundNumber[]) => void): Promise<readonly FoundNumber[]>
  inPicture(picture: Blob): Promise<readonly FoundNumber[]>
  /** The same pixels and nothing else: the only form in which pictures leave. */
  clean(picture: Blob): Promise<Blob>
}

export interface Area {
  kind: 'display' | 'window' | 'region'
  /** Shown: `Display 1`, or the window's title. */
  name: string
  id: string
  x: number
  y: number
  width: number
  height: number
}

export interface Areas {
  areas: Area[]
  /** The display that the picker lies over; where the app can't tell, it is the first of `areas`. */
  covers: Pick<Area, 'x' | 'y' | 'width' | 'height'> | undefined
  last: Area | undefined
  mics: { id: string; name: string }[]
  /** What the computer's sound is needed for, in the words of the admin who allowed it for the desk that this is for;
   * undefined: it may not be recorded. */
  systemSound: string | undefined
  /** A still of all displays to stand behind the picker, where windows can't be see-through. */
  backdrop: string | undefined
}

/** How a sound is: heard, not heard because one wants it so, not asked for, or failed. */
export type SoundState = 'on' | 'muted' | 'off' | 'lost'

export type RecorderState =
  | { kind: 'idle' }
  | { kind: 'picking' }
  | { kind: 'counting'; left: number }
  | { kind: 'recording'; ms: number; level: number; system_level: number; watchers: PersonId[]; paused: boolean; mic: SoundState; system: SoundState; masks: number; held: boolean; clip: ClipId }
  | { kind: 'finishing'; clip: ClipId }
  | { kind: 'failed'; because: 'no_display' | 'disk_full' | 'encoder' | 'nothing_comes' }

/** A recording that runs, wherever it is made: by the app, or by the page itself. */
export interface Recording {
  readonly state: Readable<RecorderState>
  skipCount(): void
  pause(on: boolean): void
  /** Nothing is heard from now on; the pictures go on. */
  mute(on: boolean): void
  /** The same for what the computer plays. A page never records that. */
  muteSystem?(on: boolean): void
  stop(): void
  discard(): void
  letWatch(person: PersonId, on: boolean): void
}

/** A box over what must not be seen, in pixels of the desktop. */
export interface Mask {
  x: number
  y: number
  width: number
  height: number
}

export interface Masking {
  masks: Mask[]
  /** A still of the whole desktop. */
  backdrop: { address: string; width: number; height: number } | undefined
  /** The part of the desktop that the window with the boxes covers. */
  screen: Mask
}

export interface Recorder extends Recording {
  /** The recording stands still, and the window opens in which boxes are drawn. */
  mask(): void
  masks(): Promise<Masking>
  /** These boxes from the next picture on, or those that were there; the recording goes on. */
  setMasks(masks: Mask[] | undefined): void
  areas(): Promise<Areas>
  begin(area: Area, how: { mic: string | null; systemSound: boolean; request: RequestId | undefined; message: MessageId | undefined }): Promise<void>
  pick(how: { request?: RequestId }): void
  cancelPick(): void
}

/** Records from inside the page. The browser itself asks what to show, and nothing can be painted over. */
export interface PageRecorder extends Recording {
  /** Microphones by name, as far as the browser tells before one was allowed. */
  mics(): Promise<{ id: string; name: string }[]>
  /** Has to be called while a press is handled. False: the person chose nothing to show. `hold`: nothing of it leaves
   * before it was watched. */
  begin(how: { mic: string | null; request: RequestId | undefined; hold: boolean }): Promise<boolean>
}

/** What a key that works in every program does: it opens the question, or freezes the screen first. */
export type HotkeyDoes = 'ask' | 'shot'

export interface Hotkey {
  does: HotkeyDoes
  /** Like `Ctrl+Shift+Space`; undefined: switched off. */
  keys: string | undefined
  /** What it is unless somebody chose otherwise. */
  standard: string
  /** It is wanted, but another program has it. */
  taken: boolean
  /** Then: which would be free. */
  proposal: string | undefined
}

/** `taken`: another program has them. `ours`: Deskside itself has, for the other thing. `unfit`: they can't be held. */
export type HotkeyOutcome = 'held' | 'taken' | 'ours' | 'unfit'

export interface MachineSetUp {
  hotkeys(): Promise<Hotkey[]>
  /** Other keys, or none. What is not `held` changes nothing. */
  setHotkey(does: HotkeyDoes, keys: string | undefined): Promise<{ outcome: HotkeyOutcome; proposal: string | undefined }>
  /** Lets go of all of them while somebody presses new ones, so that the page hears it. */
  restHotkeys(on: boolean): Promise<void>
  mics(): Promise<{ id: string; name: string }[]>
  /** Level of a microphone, 0 to 1, until stopped. */
  listen(mic: string, level: (level: number) => void): () => void
}
