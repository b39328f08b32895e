/**
 * A file on a server that may still grow, read by byte ranges. While it grows the server says `Content-Range: a-b/*`,
 * and a real length once it is finished (RFC 8673 is how "to the end, and go on" is asked for). A server that
 * cannot hold the answer open sends what it has; the reader then simply asks again.
 */

/** Larger than any clip: RFC 8673's way to say "to the end, wherever that will be". */
const ENDLESS = Number.MAX_SAFE_INTEGER

/** A part of the file. */
export interface Part {
  bytes: Uint8Array<ArrayBuffer>
  /** Byte offset of the first byte. */
  offset: number
  /** Length of the whole file, known only once it is finished. */
  total: number | undefined
}

/** The server refused. `status` 404 and 410 mean: gone or no longer for you. */
export class Unreadable extends Error {
  constructor(readonly status: number) {
    super(`the clip's server answered ${status}`)
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export class GrowingFile {
  constructor(
    private readonly url: string,
    private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
  ) {}

  /** Reads `from..=to`, or less where the file ends earlier. Nothing there yet: an empty part. */
  async read(from: number, to: number, signal: AbortSignal): Promise<Part> {
    return this.#whole(`bytes=${from}-${to}`, from, signal)
  }

  /** Reads the last `count` bytes that exist now. */
  async readLast(count: number, signal: AbortSignal): Promise<Part> {
    return this.#whole(`bytes=-${count}`, 0, signal)
  }

  /** Yields what follows `from` as it arrives; ends when the server has nothing more to say for now. */
  async *follow(from: number, signal: AbortSignal): AsyncGenerator<Part> {
    const response = await this.#get(`bytes=${from}-${ENDLESS}`, signal)
    if (response.status === 416) return
    const { offset, total } = range(response)
    let at = offset
    const reader = response.body?.getReader()
    if (!reader) return
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        const skip = Math.max(0, from - at)
        at += value.length
        if (skip < value.length) {
          const bytes = new Uint8Array(value.subarray(skip))
          yield { bytes, offset: at - bytes.length, total }
        }
      }
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  async #whole(asked: string, from: number, signal: AbortSignal): Promise<Part> {
    const response = await this.#get(asked, signal)
    if (response.status === 416) return { bytes: new Uint8Array(0), offset: from, total: undefined }
    const bytes = new Uint8Array(await response.arrayBuffer())
    const { offset, total } = range(response, bytes.length)
    return { bytes, offset, total }
  }

  async #get(asked: string, signal: AbortSignal): Promise<Response> {
    const response = await this.fetch(this.url, { headers: { range: asked }, signal, cache: 'no-store', credentials: 'same-origin' })
    if (response.status === 200 || response.status === 206 || response.status === 416) return response
    throw new Unreadable(response.status)
  }
}

function range(response: Response, length?: number): { offset: number; total: number | undefined } {
  const match = /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '')
  if (!match) return { offset: 0, total: response.status === 200 ? length : undefined }
  return { offset: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) }
}
