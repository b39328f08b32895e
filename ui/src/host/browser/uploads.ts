/**
 * Files on their way: tus 1.0 under the id that a message has already named. A file is on disk first, goes in pieces,
 * and goes on from the server's offset after any cut. The server takes it once it knows the message, so a "not known" waits.
 */

import { Refused } from '../host'
import { problemOf, Unreachable, type Api } from './api'
import type { Kept, KeptFile } from './kept'

const PIECE = 4 * 1024 * 1024
const TUS = { 'tus-resumable': '1.0.0' }

export class Uploads {
  #busy = false
  #again = false
  readonly #waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()

  constructor(
    private readonly api: Api,
    private readonly kept: Kept,
  ) {}

  /** Keeps a file and sends it. Resolves when the server has all of it. */
  async add(id: string, file: Blob): Promise<void> {
    await this.kept.putFile({ id, file })
    const done = new Promise<void>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    this.resume()
    return done
  }

  /** Goes on with whatever is left. Safe to call at any time. */
  resume(): void {
    if (this.#busy) this.#again = true
    else void this.#run()
  }

  async #run(): Promise<void> {
    this.#busy = true
    do {
      this.#again = false
      for (const file of await this.kept.files()) {
        try {
          await this.#send(file)
          await this.#over(file.id)
        } catch (error) {
          if (error instanceof Unreachable) continue
          if (error instanceof Refused && ['unknown', 'unavailable', 'slow_down', 'sign_in_needed', 'fault', 'offset_mismatch'].includes(error.problem.code)) continue
          await this.#over(file.id, error instanceof Error ? error : new Error(String(error)))
        }
      }
    } while (this.#again)
    this.#busy = false
  }

  async #over(id: string, error?: Error): Promise<void> {
    await this.kept.dropFile(id)
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject(error)
    else waiting?.resolve()
  }

  async #send(kept: KeptFile): Promise<void> {
    const { id, file } = kept
    const path = `/uploads/${id}`
    let offset = await this.#offset(path)
    if (offset === undefined) {
      const made = await this.api.raw('/uploads', { method: 'POST', headers: { ...TUS, 'upload-length': String(file.size), 'upload-metadata': `kind ${btoa('attachment')},id ${btoa(id)}` } })
      if (made.status !== 201) throw new Refused(await problemOf(made))
      offset = Number(made.headers.get('upload-offset') ?? 0)
    }
    while (offset < file.size) {
      const piece: Response = await this.api.raw(path, {
        method: 'PATCH',
        headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        body: file.slice(offset, offset + PIECE),
      })
      if (piece.status !== 204) throw new Refused(await problemOf(piece))
      offset = Number(piece.headers.get('upload-offset'))
    }
  }

  async #offset(path: string): Promise<number | undefined> {
    const head = await this.api.raw(path, { method: 'HEAD', headers: TUS })
    if (head.status === 404) return undefined
    if (!head.ok) throw new Refused(await problemOf(head))
    return Number(head.headers.get('upload-offset'))
  }
}
