/**
 * Clips of this browser on their way: tus 1.0 with a length that is told at the end, so that a clip is with the server
 * seconds after it was recorded. A piece is on disk before it goes out and is forgotten when the server has promised
 * it; whatever a closed tab left is sent by the next one.
 */

import type { ClipId, PersonId } from '../../protocol/wire'
import { Refused } from '../host'
import { problemOf, type Api } from './api'
import type { Kept, KeptClip, KeptHeld, KeptPiece } from './kept'

const TUS = { 'tus-resumable': '1.0.0' }
const RETRY = 2000
/** Codes after which the same bytes may still be wanted. */
const PASSING = new Set<string>(['unknown', 'unavailable', 'slow_down', 'sign_in_needed', 'fault', 'offset_mismatch', 'version_mismatch'])

export class ClipUploads {
  readonly #running = new Set<ClipId>()
  readonly #again = new Set<ClipId>()
  #turn: Promise<void> = Promise.resolve()
  #retry = false

  constructor(
    private readonly api: Api,
    private readonly kept: Kept,
    /** Who is signed in: nobody sends what somebody else recorded here. */
    private readonly me: () => PersonId | undefined = () => undefined,
  ) {}

  /** A clip begins; nothing is sent before its first piece, and of a held one nothing before `release`. */
  begin(clip: KeptClip): Promise<void> {
    const me = this.me()
    return this.kept.putClip({ ...clip, ...(me && { person: me }) })
  }

  /** What waits here to be watched by whoever is signed in. */
  async held(): Promise<(KeptClip & { held: KeptHeld })[]> {
    const clips = await this.kept.clips()
    return clips.filter((clip): clip is KeptClip & { held: KeptHeld } => clip.over && clip.size > 0 && clip.held !== undefined && !clip.held.sending && this.#isMine(clip))
  }

  /** What is known of a held clip by now. */
  hold(id: ClipId, now: Partial<KeptHeld>): Promise<void> {
    return this.#change(id, (clip) => ({ clip: clip.held ? { ...clip, held: { ...clip.held, ...now } } : clip }))
  }

  /** Its recorder sends it: the one place from which bytes of a held clip begin to leave. */
  async release(id: ClipId): Promise<void> {
    await this.hold(id, { sending: true })
    this.#send(id)
  }

  /** All of a clip that has not left. */
  async whole(id: ClipId): Promise<Blob> {
    return new Blob((await this.kept.pieces(id)).map(({ bytes }) => bytes), { type: 'video/webm' })
  }

  #isMine({ person }: KeptClip): boolean {
    return person === undefined || person === this.me()
  }

  /** Keeps what was recorded next, then sends it. `over`: it was the last. Resolves when it is on disk. */
  async append(id: ClipId, bytes: ArrayBuffer, over: boolean): Promise<void> {
    await this.#change(id, (clip) => ({
      clip: { ...clip, size: clip.size + bytes.byteLength, over: over || clip.over },
      ...(bytes.byteLength > 0 && { piece: { clip: id, at: clip.size, bytes } }),
    }))
    this.#send(id)
  }

  keepPoster(id: ClipId, poster: ArrayBuffer): Promise<void> {
    return this.#change(id, (clip) => ({ clip: { ...clip, poster } }))
  }

  /** The recorder is gone, or threw it away: nothing more of it leaves. */
  drop(id: ClipId): Promise<void> {
    return this.kept.dropClip(id)
  }

  /** Clips that a tab left in the middle of recording. */
  async abandoned(): Promise<KeptClip[]> {
    return (await this.kept.clips()).filter((clip) => !clip.over && this.#isMine(clip))
  }

  /** Goes on with whatever is left. Safe to call at any time. */
  resume(): void {
    void this.kept.clips().then((clips) => {
      for (const { id } of clips) this.#send(id)
    })
  }

  #send(id: ClipId): void {
    if (this.#running.has(id)) this.#again.add(id)
    else void this.#run(id)
  }

  async #run(id: ClipId): Promise<void> {
    this.#running.add(id)
    try {
      do {
        this.#again.delete(id)
        await this.#catchUp(id)
      } while (this.#again.has(id))
    } catch (error) {
      if (error instanceof Refused && !PASSING.has(error.problem.code)) await this.kept.dropClip(id)
      else this.#later()
    } finally {
      this.#running.delete(id)
    }
  }

  #later(): void {
    if (this.#retry) return
    this.#retry = true
    setTimeout(() => {
      this.#retry = false
      this.resume()
    }, RETRY)
  }

  /** Sends what is kept, and ends the upload when that was all. */
  async #catchUp(id: ClipId): Promise<void> {
    const clip = await this.kept.clip(id)
    if (!clip || clip.size === 0 || !this.#isMine(clip) || (clip.held && !clip.held.sending)) return
    const path = `/uploads/${id}`
    let offset = (await this.#offset(path)) ?? (await this.#create(id))
    for (;;) {
      const now = await this.kept.clip(id)
      if (!now) return
      await this.kept.dropPieces(id, offset)
      if (offset >= now.size) break
      const piece = await this.kept.pieceAt(id, offset)
      // The end of what was kept is missing: what the server has is all there is.
      if (!piece || piece.at > offset) return this.#end(now, offset)
      const end = piece.at + piece.bytes.byteLength
      const isLast = now.over && end === now.size
      // Whoever opens the thread the moment the clip is finished sees its picture at once.
      if (isLast && now.poster) await this.#poster(id, now.poster)
      offset = await this.#patch(path, offset, piece.bytes.slice(offset - piece.at), isLast ? now.size : undefined)
      if (isLast && offset === now.size) return this.#end(now, offset)
    }
    const last = await this.kept.clip(id)
    if (last?.over && last.size === offset) {
      await this.#patch(path, offset, new ArrayBuffer(0), offset)
      await this.#end(last, offset)
    }
  }

  async #end(clip: KeptClip, offset: number): Promise<void> {
    if (offset < clip.size && clip.over) await this.#patch(`/uploads/${clip.id}`, offset, new ArrayBuffer(0), offset)
    if (clip.over) {
      if (clip.poster) await this.#poster(clip.id, clip.poster)
      await this.kept.dropClip(clip.id)
    }
  }

  async #offset(path: string): Promise<number | undefined> {
    const head = await this.api.raw(path, { method: 'HEAD', headers: TUS })
    if (head.status === 404) return undefined
    if (!head.ok) throw new Refused(await problemOf(head))
    return Number(head.headers.get('upload-offset'))
  }

  async #create(id: ClipId): Promise<number> {
    const made = await this.api.raw('/uploads', { method: 'POST', headers: { ...TUS, 'upload-defer-length': '1', 'upload-metadata': `kind ${btoa('clip')},id ${btoa(id)}` } })
    if (made.status !== 201) throw new Refused(await problemOf(made))
    return Number(made.headers.get('upload-offset') ?? 0)
  }

  async #patch(path: string, offset: number, body: ArrayBuffer, length: number | undefined): Promise<number> {
    const answer = await this.api.raw(path, {
      method: 'PATCH',
      headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...(length !== undefined && { 'upload-length': String(length) }) },
      body,
    })
    if (answer.status !== 204) throw new Refused(await problemOf(answer))
    return Number(answer.headers.get('upload-offset'))
  }

  /** A clip without its picture is better than none, so a refusal is let be. */
  async #poster(id: ClipId, poster: ArrayBuffer): Promise<void> {
    const answer = await this.api.raw(`/clips/${id}/poster`, { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: poster })
    if (answer.ok) await this.#change(id, ({ poster: _sent, ...clip }) => ({ clip }))
  }

  /** Changes of a clip's row come one after the other: each reads what the one before has written. */
  #change(id: ClipId, how: (clip: KeptClip) => { clip: KeptClip; piece?: KeptPiece }): Promise<void> {
    const change = this.#turn.then(async () => {
      const before = await this.kept.clip(id)
      if (!before) return
      const { clip, piece } = how(before)
      await this.kept.putClip(clip, piece)
    })
    this.#turn = change.catch(() => undefined)
    return change
  }
}
