/** A place in a queue in words: who is there, where one stands, and how long that takes, as far as it can be said. */

import type { Place } from '../protocol/wire'
import { aboutWait, moment, place as ordinal, usuallyWithin } from './wait'

/** `2 on duty, you are 1st, about 1–3 min`; `closed now, opens Mon 08:00, …`; `nobody is on duty now`. Before it is asked one would be 1st. */
export function standing({ place, on_duty, has_room, wait, opens_at, here }: Place, now: number, isAsked = true): string {
  const you = `you ${isAsked ? 'are' : 'would be'} ${ordinal(place)}`
  if (opens_at !== null) return `closed now, opens ${moment(opens_at, now)}, ${you}${here === null ? '' : `; ${behind(here)}`}`
  // What the rota says is no help while none of them is there.
  if (here === 0) return `nobody on duty is here now, ${you}`
  if (on_duty === 0 || wait.kind === 'nobody') return `nobody is on duty now, ${you}`
  const duty = has_room ? `${on_duty} on duty` : on_duty === 1 ? '1 on duty, busy' : `${on_duty} on duty, all busy`
  // A desk that promises nothing says nothing.
  const range = wait.kind === 'about' ? aboutWait(wait.from_ms, wait.to_ms) : wait.within_ms > 0 ? usuallyWithin(wait.within_ms) : ''
  return [duty, you, range].filter(Boolean).join(', ')
}

/** Nobody who would take it: the desk is closed, nobody is on duty, or none of those who are is connected. */
export function isNobodyThere({ on_duty, wait, here }: Place): boolean {
  return on_duty === 0 || wait.kind === 'nobody' || here === 0
}

/** Who sees a waiting customer's question although the desk is closed. None of them is on duty. */
function behind(here: number): string {
  if (here === 0) return 'nobody of the desk is here now'
  return here === 1 ? 'one of the desk is still here, off duty, and sees it' : `${here} of the desk are still here, off duty, and see it`
}
