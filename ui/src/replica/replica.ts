/**
 * What this person may see, in memory: a snapshot and the changes after it. It replaces entities and removes them,
 * and knows no rules; what a change means was decided by the server. No framework in here.
 */

import type {
  Attachment, AttachmentId, Call, CallId, Change, Clip, ClipId, Desk, DeskId, Entity, EntityRef, Helpers, Here, Invite, InviteId, Message, MessageId, Org, Person,
  PersonId, Request, RequestId, Snapshot,
} from '../protocol/wire'
import type { FeedListener, Passing } from '../host/host'

export class Replica implements FeedListener {
  me: PersonId | undefined
  org: Org | undefined
  readonly people = new Map<PersonId, Person>()
  readonly desks = new Map<DeskId, Desk>()
  readonly requests = new Map<RequestId, Request>()
  readonly messages = new Map<MessageId, Message>()
  readonly attachments = new Map<AttachmentId, Attachment>()
  readonly clips = new Map<ClipId, Clip>()
  readonly calls = new Map<CallId, Call>()
  readonly invites = new Map<InviteId, Invite>()
  readonly here = new Map<PersonId, Here>()
  /** Clips that are being converted, and how far they are. */
  readonly conversions = new Map<ClipId, { ahead: number; permille: number; seconds: number }>()
  readonly growth = new Map<ClipId, { keptMs: number; silent: boolean }>()
  /** Where the newest words that tell this person stand unanswered and unread. */
  readonly named = new Map<RequestId, MessageId>()
  #readTo = new Map<RequestId, number>()
  readonly typing = new Map<RequestId, { person: PersonId; at: number }>()
  #threads = new Map<RequestId, MessageId[]>()
  #version = 0
  #requestsVersion = 0
  #loaded = false
  readonly #listeners = new Set<() => void>()
  readonly #requestListeners = new Set<(id: RequestId | undefined) => void>()
  #awaited = false

  /** Grows with every change; equal versions mean equal contents. */
  get version(): number {
    return this.#version
  }

  /** Grows when a request or a desk changes, and not with every picture of a clip and every letter somebody types. */
  get requestsVersion(): number {
    return this.#requestsVersion
  }

  /** False until the first snapshot has come. */
  get loaded(): boolean {
    return this.#loaded
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells which request changed, at once; undefined: any may stand elsewhere now. For what keeps an order of its own. */
  watchRequests(listener: (id: RequestId | undefined) => void): () => void {
    this.#requestListeners.add(listener)
    return () => this.#requestListeners.delete(listener)
  }

  /** Messages of a thread, oldest first. The same array until the thread changes. */
  thread(request: RequestId): readonly MessageId[] {
    return this.#threads.get(request) ?? NOTHING
  }

  snapshot(snapshot: Snapshot): void {
    for (const map of [this.people, this.desks, this.requests, this.messages, this.attachments, this.clips, this.calls, this.invites]) map.clear()
    this.#threads.clear()
    this.named.clear()
    this.me = snapshot.me
    for (const entity of snapshot.entities) this.#put(entity)
    this.#loaded = true
    this.#moved(undefined)
    this.#tell()
  }

  changes(items: readonly Change[]): void {
    for (const item of items) {
      if ('put' in item) this.#put(item.put)
      else this.#remove(item.gone)
    }
    this.#tell()
  }

  /** Adds entities that are not in the feed, e.g. an archived request that was opened. */
  add(entities: readonly Entity[]): void {
    for (const entity of entities) this.#put(entity)
    this.#tell()
  }

  passing(news: Passing): void {
    if (news.kind === 'presence') for (const here of news.people) this.here.set(here.person, here)
    else if (news.kind === 'clip_grows') this.growth.set(news.clip, { keptMs: news.keptMs, silent: news.silent })
    else if (news.kind === 'clip_converts') this.conversions.set(news.clip, news)
    else this.typing.set(news.request, { person: news.person, at: Date.now() })
    this.#tell()
  }

  #put(tagged: Entity): void {
    switch (tagged.entity) {
      case 'org': this.org = bare(tagged); break
      case 'person': this.people.set(tagged.id, bare(tagged)); break
      case 'desk': this.desks.set(tagged.id, bare(tagged)); this.#moved(undefined); break
      case 'request': this.requests.set(tagged.id, bare(tagged)); this.#moved(tagged.id); break
      case 'message': this.#putMessage(bare(tagged)); break
      case 'attachment': this.attachments.set(tagged.id, bare(tagged)); break
      case 'clip':
        this.clips.set(tagged.id, bare(tagged))
        if (tagged.conversion !== 'asked') this.conversions.delete(tagged.id)
        break
      case 'call': this.calls.set(tagged.id, bare(tagged)); break
      case 'invite': this.invites.set(tagged.id, bare(tagged)); break
    }
  }

  #putMessage(message: Message): void {
    const isNew = !this.messages.has(message.id)
    this.messages.set(message.id, message)
    if (isNew) this.#append(message)
    if (message.author === this.me || message.mentions.told > 0 || this.named.has(message.request)) this.#name(message.request)
  }

  /** This person has read the thread so far: what told them of it there is over. Kept by whoever calls. */
  read(readTo: Iterable<readonly [RequestId, number]>): void {
    for (const [request, at] of readTo) {
      if (at <= (this.#readTo.get(request) ?? 0)) continue
      this.#readTo.set(request, at)
      this.#name(request)
    }
  }

  /** Looks anew for words that tell this person and that they have neither answered nor read. */
  #name(request: RequestId): void {
    let found: MessageId | undefined
    const readTo = this.#readTo.get(request) ?? 0
    for (const id of this.thread(request)) {
      const message = this.messages.get(id)
      if (!message || message.deleted) continue
      if (message.author === this.me) found = undefined
      else if (message.at > readTo && isAmong(message.mentions.tells, this.me)) found = id
    }
    if (this.named.get(request) === found) return
    if (found) this.named.set(request, found)
    else this.named.delete(request)
    this.#moved(request)
  }

  #append(message: Message): void {
    const thread = [...(this.#threads.get(message.request) ?? []), message.id]
    thread.sort((a, b) => this.#at(a) - this.#at(b) || (a < b ? -1 : 1))
    this.#threads.set(message.request, thread)
  }

  #at(id: MessageId): number {
    return this.messages.get(id)?.at ?? 0
  }

  #remove(gone: EntityRef): void {
    switch (gone.entity) {
      case 'org': this.org = undefined; break
      case 'person': this.people.delete(gone.id); break
      case 'desk': this.desks.delete(gone.id); this.#moved(undefined); break
      case 'request': this.requests.delete(gone.id); this.#moved(gone.id); break
      case 'message': {
        const message = this.messages.get(gone.id)
        this.messages.delete(gone.id)
        if (message) {
          this.#threads.set(message.request, this.thread(message.request).filter((id) => id !== gone.id))
          if (this.named.get(message.request) === gone.id) this.#name(message.request)
        }
        break
      }
      case 'attachment': this.attachments.delete(gone.id); break
      case 'clip': this.clips.delete(gone.id); this.growth.delete(gone.id); this.conversions.delete(gone.id); break
      case 'call': this.calls.delete(gone.id); break
      case 'invite': this.invites.delete(gone.id); break
    }
  }

  #moved(id: RequestId | undefined): void {
    this.#requestsVersion += 1
    for (const listener of this.#requestListeners) listener(id)
  }

  /** Rows are new at once; who watches is told once before the next picture, however many deliveries came. */
  #tell(): void {
    this.#version += 1
    if (this.#awaited) return
    this.#awaited = true
    beforeNextPicture(() => {
      this.#awaited = false
      for (const listener of this.#listeners) listener()
    })
  }
}

/** A window that is not looked at gets no pictures, but its person is still told of customers: then at once. */
function beforeNextPicture(act: () => void): void {
  if (typeof document === 'undefined' || document.hidden) return queueMicrotask(act)
  let done = false
  const once = () => {
    if (done) return
    done = true
    clearTimeout(timer)
    act()
  }
  // Hidden meanwhile, or a browser too busy to draw.
  const timer = setTimeout(once, 100)
  requestAnimationFrame(once)
}

function isAmong(people: Helpers, me: PersonId | undefined): boolean {
  return people.kind === 'everyone' || (me !== undefined && people.people.includes(me))
}

const NOTHING: readonly never[] = []

/** A row without the word for its kind, which no command knows. */
function bare<T extends { entity: string }>({ entity: _entity, ...row }: T): Omit<T, 'entity'> {
  return row
}
