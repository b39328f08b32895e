/**
 * Clips of this browser that have not left it, because a desk wants them watched first. Their bytes lie in IndexedDB and
 * play from there; the server hears of such a clip when its recorder sends it, and not before: neither command nor byte.
 */

import type { ClipId, Command } from '../../protocol/wire'
import { Refused, type HeldClip, type Review } from '../host'
import { store } from '../store'
import type { ClipUploads } from './clips'

export class BrowserReview implements Review {
  readonly held = store<readonly HeldClip[]>([])
  /** A part of a film can't be taken out here: that needs to be done where nothing has to be sent for it. */
  readonly cut = undefined

  constructor(private readonly parts: { uploads: ClipUploads; send: (command: Command) => Promise<unknown> }) {}

  /** Looks what waits for whoever is signed in. */
  async look(): Promise<void> {
    const clips = await this.parts.uploads.held()
    clips.sort((one, other) => one.held.at - other.held.at)
    this.held.set(clips.map(({ id, request, size, held: { sending: _never, ...held } }) => ({ clip: id, request, ...held, system_sound: false, version: size })))
  }

  async open(clip: ClipId): Promise<{ address: string; close(): void }> {
    const address = URL.createObjectURL(await this.parts.uploads.whole(clip))
    return { address, close: () => URL.revokeObjectURL(address) }
  }

  async send(clip: ClipId, reviewed: boolean): Promise<void> {
    const held = this.held.get().find((one) => one.clip === clip)
    if (!held) return
    const { request, width, height, sound, note } = held
    // Kept in the outbox in this order. A tab that dies in between sends it again: then the server knows it already.
    this.parts.send({ kind: 'start_clip', args: { clip, request, width, height, sound, in_browser: true, reviewed, system_sound: false } }).catch((error: unknown) => {
      if (error instanceof Refused && error.problem.code !== 'id_taken') void this.parts.uploads.hold(clip, { sending: false }).then(() => this.look())
    })
    this.parts.send({ kind: 'stop_clip', args: { clip, note } }).catch(() => undefined)
    await this.parts.uploads.release(clip)
    await this.look()
  }

  async discard(clip: ClipId): Promise<void> {
    await this.parts.uploads.drop(clip)
    await this.look()
  }
}
