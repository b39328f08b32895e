/** A time of the day between how it is kept (minutes since midnight) and how people type it. */

/** Minutes of the day, for `8`, `8:00`, `0800`, `17.30`; `24:00` is the end of the day. */
export function minutes(typed: string): number | undefined {
  const [, hours, rest] = /^\s*(\d{1,2})(?:[:.h]?(\d{2}))?\s*h?\s*$/i.exec(typed) ?? []
  const value = Number(hours) * 60 + Number(rest ?? 0)
  return hours !== undefined && Number(rest ?? 0) < 60 && value <= 24 * 60 ? value : undefined
}

/** `08:00`. */
export function clockTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
