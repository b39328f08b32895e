/** How far a wall is from UTC: the browser's own time zones, asked once a week of each zone and remembered. */

const MINUTE = 60_000
const WEEK = 7 * 24 * 60 * MINUTE

/** From when on the wall is how many milliseconds ahead of UTC. */
export interface Offset {
  from: number
  ahead: number
}

const walls = new Map<string, Intl.DateTimeFormat>()
const weeks = new Map<string, Offset[]>()

/** The offset at an instant, and the instant until which it is known to hold. */
export function offsetUntil(zone: string, at: number): { ahead: number; until: number } {
  const week = Math.floor(at / WEEK)
  const offsets = offsetsOf(zone, week)
  const index = offsets.findLastIndex(({ from }) => from <= at)
  return { ahead: offsets[index]!.ahead, until: offsets[index + 1]?.from ?? (week + 1) * WEEK }
}

/** No zone changes its clocks twice in a week. */
function offsetsOf(zone: string, week: number): Offset[] {
  const key = `${zone} ${week}`
  const known = weeks.get(key)
  if (known) return known
  let [from, to] = [week * WEEK, (week + 1) * WEEK]
  const offsets = [{ from, ahead: ahead(zone, from) }]
  const last = ahead(zone, to)
  if (last !== offsets[0]!.ahead) {
    // Clocks are changed at whole minutes.
    while (to - from > MINUTE) {
      const middle = Math.floor((from + to) / 2 / MINUTE) * MINUTE
      if (ahead(zone, middle) === last) to = middle
      else from = middle
    }
    offsets.push({ from: to, ahead: last })
  }
  weeks.set(key, offsets)
  return offsets
}

function ahead(zone: string, at: number): number {
  let wall = walls.get(zone)
  if (!wall) {
    wall = wallOf(zone)
    walls.set(zone, wall)
  }
  const shown = Object.fromEntries(wall.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const local = Date.UTC(shown['year']!, shown['month']! - 1, shown['day'], shown['hour'], shown['minute'], shown['second'])
  return local - Math.floor(at / 1000) * 1000
}

/** The server may know a zone that this browser is too old for; most readers sit where their desk is. */
function wallOf(zone: string): Intl.DateTimeFormat {
  const shown: Intl.DateTimeFormatOptions = {
    hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }
  try {
    return new Intl.DateTimeFormat('en-US', { ...shown, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('en-US', shown)
  }
}
