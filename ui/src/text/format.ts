/** Times, lengths and counts in words and figures. Every function takes `now`; none reads a clock. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `0:42`, `12:07`, `1:02:07`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const s = String(seconds % 60).padStart(2, '0')
  const m = Math.floor(seconds / 60) % 60
  const h = Math.floor(seconds / 3600)
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}

/** How long something will take, no finer than anybody can know: `a few seconds`, `about 40 seconds`, `about 3 minutes`. */
export function about(seconds: number): string {
  if (seconds <= 5) return 'a few seconds'
  if (seconds < 95) return `about ${Math.ceil(seconds / 10) * 10} seconds`
  const minutes = Math.round(seconds / 60)
  if (minutes < 95) return `about ${minutes} minutes`
  return `about ${Math.round(minutes / 60)} hours`
}

/** How long something has lasted, as briefly as one can say it: `now`, `4 min`, `3 h`, `2 d`. */
export function ago(at: number, now: number): string {
  const passed = Math.max(0, now - at)
  if (passed < MINUTE) return 'now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`
  return `${Math.floor(passed / DAY)} d`
}

/** `14:21` today, `Mon 14:21` this week, `3 Nov` before. */
export function when(at: number, now: number): string {
  const date = new Date(at)
  const time = hour(at)
  if (new Date(now).toDateString() === date.toDateString()) return time
  if (now - at < 6 * DAY) return `${new Intl.DateTimeFormat('en-GB', { weekday: 'short' }).format(date)} ${time}`
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(date)
}

/** `Saturday 21 November, 14:21`. */
export function fullWhen(at: number): string {
  return `${dated(at, { weekday: 'long', day: 'numeric', month: 'long' })}, ${hour(at)}`
}

/** `21 November 2026, 14:21`: two of one year are told apart. */
export function dayAndHour(at: number): string {
  return `${day(at)}, ${hour(at)}`
}

export function day(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(at)
}

/** `Thursday 26 Nov`: a day that one plans for. */
export function dayAhead(at: number, zone?: string): string {
  return dated(at, { weekday: 'long', day: 'numeric', month: 'short', ...(zone && { timeZone: zone }) })
}

/** `3 MB`, `420 KB`. */
export function size(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
  return `${Math.max(1, Math.round(bytes / 1e3))} KB`
}

/** `Ana`, the name one calls a colleague by. */
export function firstName(name: string): string {
  return name.split(' ')[0] ?? name
}

/** `Ana`, `Ana and Ben`, `Ana, Ben and Chi`. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names)
}

/** `Sam or Sid`. */
export function oneOf(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names)
}

/** Webviews do not agree on what stands between a weekday and a day; here it is a space. */
function dated(at: number, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', parts).formatToParts(at).flatMap(({ type, value }) => (type === 'literal' ? [] : value)).join(' ')
}

/** `14:21`. */
function hour(at: number): string {
  const date = new Date(at)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}
