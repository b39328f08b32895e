/** What was, what is, and what was taken back. Acts that belong together, like ten taps on an arrow key, are one step. */

export interface History<T> {
  readonly past: readonly T[]
  readonly now: T
  readonly future: readonly T[]
  /** The act that made `now`; the same one again replaces it. */
  readonly joining: string | undefined
}

export function begun<T>(now: T): History<T> {
  return { past: [], now, future: [], joining: undefined }
}

export function done<T>(history: History<T>, next: T, joining?: string): History<T> {
  if (next === history.now) return history
  const joins = joining !== undefined && joining === history.joining
  return { past: joins ? history.past : [...history.past, history.now], now: next, future: [], joining }
}

/** Changed in every state: what came from outside can't be undone, nor undoes what somebody did. */
export function everywhere<T>(history: History<T>, change: (one: T) => T): History<T> {
  return { ...history, past: history.past.map(change), now: change(history.now), future: history.future.map(change) }
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1)
  if (before === undefined) return history
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], joining: undefined }
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.now], now: next, future, joining: undefined }
}
