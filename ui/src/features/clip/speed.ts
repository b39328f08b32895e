/** The speed somebody watches at, kept on this machine, and what the shuttle keys do. */

import { store } from '../../host/store'

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const
const KEY = 'deskside.speed'

export const speed = store<number>(read())

function read(): number {
  const kept = Number(typeof localStorage === 'undefined' ? 1 : localStorage.getItem(KEY))
  return SPEEDS.some((one) => one === kept) ? kept : 1
}

export function setSpeed(next: number): void {
  speed.set(next)
  localStorage.setItem(KEY, String(next))
}

/** L again while playing: the next faster step, and round to the slowest above normal. */
export function faster(now: number): number {
  return SPEEDS.find((one) => one > now) ?? 1
}
