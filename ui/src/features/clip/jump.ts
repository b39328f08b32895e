/** How a comment somewhere in the thread makes the right player jump, without either knowing the other. */

import type { ClipId, Moment } from '../../protocol/wire'

type Listener = (milliseconds: number) => void
const players = new Map<ClipId, Listener>()

/** A player on the screen; returns how to leave. */
export function listenForJumps(clip: ClipId, listener: Listener): () => void {
  players.set(clip, listener)
  return () => {
    if (players.get(clip) === listener) players.delete(clip)
  }
}

export function jumpTo(moment: Moment): void {
  players.get(moment.clip)?.(moment.at_ms)
}
