/** What stands in for the disk where a browser has none to give: a closed tab loses it. */

import type { ClipId } from '../../protocol/wire'
import type { Kept, KeptClip, KeptFile, KeptLine, KeptPiece } from './kept'

export class InMemory implements Kept {
  readonly durable = false
  readonly #values = new Map<string, unknown>()
  readonly #lines = new Map<number, KeptLine>()
  readonly #files = new Map<string, KeptFile>()
  readonly #clips = new Map<ClipId, KeptClip>()
  #pieces: KeptPiece[] = []

  async value<T>(key: string): Promise<T | undefined> {
    return this.#values.get(key) as T | undefined
  }

  async setValue(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value)
  }

  async lines(): Promise<KeptLine[]> {
    return [...this.#lines.values()]
  }

  async putLines(lines: readonly KeptLine[]): Promise<void> {
    for (const line of lines) this.#lines.set(line.at, { ...line })
  }

  async dropLine(at: number): Promise<void> {
    this.#lines.delete(at)
  }

  async files(): Promise<KeptFile[]> {
    return [...this.#files.values()]
  }

  async putFile(file: KeptFile): Promise<void> {
    this.#files.set(file.id, file)
  }

  async dropFile(id: string): Promise<void> {
    this.#files.delete(id)
  }

  async clips(): Promise<KeptClip[]> {
    return [...this.#clips.values()]
  }

  async clip(id: ClipId): Promise<KeptClip | undefined> {
    return this.#clips.get(id)
  }

  async putClip(clip: KeptClip, piece?: KeptPiece): Promise<void> {
    this.#clips.set(clip.id, { ...clip })
    if (piece) this.#pieces = [...this.#pieces, piece]
  }

  async dropClip(id: ClipId): Promise<void> {
    this.#clips.delete(id)
    this.#pieces = this.#pieces.filter((one) => one.clip !== id)
  }

  async pieceAt(clip: ClipId, offset: number): Promise<KeptPiece | undefined> {
    return this.#pieces.find((one) => one.clip === clip && one.at + one.bytes.byteLength > offset)
  }

  async pieces(clip: ClipId): Promise<KeptPiece[]> {
    return this.#pieces.filter((one) => one.clip === clip)
  }

  async dropPieces(clip: ClipId, offset: number): Promise<void> {
    this.#pieces = this.#pieces.filter((one) => one.clip !== clip || one.at + one.bytes.byteLength > offset)
  }
}
