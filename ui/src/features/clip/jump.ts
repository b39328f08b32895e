/** How a comment somewhere in the thread makes the right player jump, without either knowing the other. */

import type { ClipId, Moment } from '../../protocol/wire'

type Listener = (milliseconds: number) => void
const players = new Map<ClipId, Listener[]>()
/** Where somebody wanted to be in a clip whose player was not there yet. */
const early = new Map<ClipId, number>()

/** A player on the screen; returns how to leave. */
export function listenForJumps(clip: ClipId, listener: Listener): () => void {
  players.set(clip, [...(players.get(clip) ?? []), listener])
  const wanted = early.get(clip)
  early.delete(clip)
  if (wanted !== undefined) listener(wanted)
  return () => players.set(clip, (players.get(clip) ?? []).filter((other) => other !== listener))
}

/** The player that came last jumps; one that is still on its way jumps when it is there. */
export function jumpTo(moment: Moment): void {
  const listener = players.get(moment.clip)?.at(-1)
  if (listener) listener(moment.at_ms)
  else early.set(moment.clip, moment.at_ms)
}
