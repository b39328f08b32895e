/** HTTP to the server: JSON in, JSON out, and every refusal a `Refused` with its code. */

import { VERSION, type Problem } from '../../protocol/wire'
import { Refused } from '../host'

/** The server could not be reached at all; whatever was asked may be tried again. */
export class Unreachable extends Error {}

export class Api {
  constructor(readonly base: string) {}

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#ask<T>('GET', path, undefined, signal)
  }

  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.#ask<T>('POST', path, body, signal)
  }

  delete(path: string): Promise<void> {
    return this.#ask<void>('DELETE', path)
  }

  /** A request as it is, for uploads. Throws `Unreachable` when there was no answer. */
  async raw(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.base + path, { credentials: 'same-origin', ...init })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new Unreachable(String(error))
    }
  }

  async #ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await this.raw(path, {
      method,
      headers: { accept: 'application/json', 'deskside-version': VERSION, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    if (!response.ok) throw new Refused(await problemOf(response))
    const answer = await response.text()
    return (answer ? JSON.parse(answer) : undefined) as T
  }
}

/** The problem an answer carries; a proxy in between may have answered in its own words. */
export async function problemOf(response: Response): Promise<Problem> {
  if (response.headers.get('content-type')?.includes('json')) {
    const problem = (await response.json()) as Partial<Problem>
    if (problem.code) return problem as Problem
  }
  const code = response.status === 401 ? 'sign_in_needed' : response.status === 429 ? 'slow_down' : response.status === 413 ? 'too_large' : response.status >= 502 ? 'unavailable' : 'fault'
  return { type: `urn:deskside:${code}`, status: response.status, code, title: response.statusText, next: '' }
}
