/**
 * Keeps asking where a request stands: when a row of its desk changes, at most every two seconds, and now and then
 * because time passes. A new range is shown at most every quarter of a minute, so that nobody reads a flicker.
 */

import type { Host } from '../../host/host'
import type { Place, RequestId, Wait } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

const ASK_EVERY = 2_000
const RANGE_EVERY = 15_000
const ANYWAY = 30_000

/** Tells each place that is worth showing; `undefined`: nothing is known now. Returns how to stop. */
export function watchPlace({ host, replica }: { host: Pick<Host, 'place'>; replica: Replica }, request: RequestId, tell: (place: Place | undefined) => void): () => void {
  let shown: Place | undefined
  let rangeAt = -Infinity
  let askedAt = -Infinity
  let isAsking = false
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = Infinity
  let isChanged = false

  /** Asks at a time, or earlier if that was meant already; never sooner than it may. */
  function askAt(wanted: number): void {
    const at = Math.max(wanted, askedAt + ASK_EVERY)
    if (isStopped || at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(ask, Math.max(0, at - Date.now()))
  }

  function ask(): void {
    dueAt = Infinity
    // The answer to the question before is on its way; it is asked again when that is there.
    isChanged = isAsking
    if (isAsking) return
    isAsking = true
    askedAt = Date.now()
    host.place(request).then(take, () => take(undefined)).finally(() => {
      isAsking = false
      askAt(isChanged ? Date.now() : Date.now() + ANYWAY)
    })
  }

  function take(place: Place | undefined): void {
    if (isStopped) return
    const now = Date.now()
    if (place && shown && isRange(place.wait) && isRange(shown.wait) && !isSame(place.wait, shown.wait) && now < rangeAt + RANGE_EVERY) {
      shown = { ...place, wait: shown.wait }
      askAt(rangeAt + RANGE_EVERY)
    } else {
      if (!place || !shown || !isSame(place.wait, shown.wait)) rangeAt = now
      shown = place
    }
    tell(shown)
  }

  const stop = replica.watchRequests((id) => {
    const changed = id && replica.requests.get(id)
    // What is gone may have stood in this queue.
    if (!changed || changed.desk === replica.requests.get(request)?.desk) askAt(Date.now())
  })
  ask()
  return () => {
    isStopped = true
    stop()
    clearTimeout(timer)
  }
}

function isRange(wait: Wait): boolean {
  return wait.kind === 'about'
}

function isSame(one: Wait, other: Wait): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
