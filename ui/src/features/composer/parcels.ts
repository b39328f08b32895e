/**
 * Pictures and files chosen for the next words of a thread, or for the question, until they are sent. They lie outside of
 * the screens: whoever goes on to another request finds them again, and what was sent while a picture was still being
 * looked at for numbers leaves by itself.
 */

import { store } from '../../host/store'
import type { Host } from '../../host/host'
import type { AttachmentId, RequestId } from '../../protocol/wire'
import { toast } from '../../kit'
import { text } from '../../text'
import { describe, lookedAt, refusal, type Chosen } from './files'

/** A thread, or the question being asked. */
export type Target = RequestId | 'ask'

/** Sends the words they belong to. Holds everything it needs: by then its screen may be gone. */
export type Leave = (chosen: readonly Chosen[]) => void

export interface Parcel {
  chosen: readonly Chosen[]
  /** How many are being looked at. */
  looking: number
  problem: string | undefined
  /** It was sent, and leaves when all of them have been looked at. */
  leaving: Leave | undefined
  /** How often one left in this window. */
  left: number
}

const EMPTY: Parcel = { chosen: [], looking: 0, problem: undefined, leaving: undefined, left: 0 }

export const parcels = store<ReadonlyMap<Target, Parcel>>(new Map())

export function parcelOf(target: Target): Parcel {
  return parcels.get().get(target) ?? EMPTY
}

function change(target: Target, how: (old: Parcel) => Partial<Parcel>): void {
  const old = parcelOf(target)
  parcels.set(new Map(parcels.get()).set(target, { ...old, ...how(old) }))
}

/** Files as they were pasted, dropped or chosen: one after the other, because looking takes the whole machine. */
export async function addFiles(host: Host, target: Target, files: readonly File[]): Promise<void> {
  change(target, () => ({ problem: undefined }))
  let before: Promise<void> = Promise.resolve()
  for (const file of files) {
    const { chosen, looking } = parcelOf(target)
    const problem = refusal(file, chosen.length + looking)
    const name = file.name || 'picture.png'
    if (problem) change(target, () => ({ problem }))
    else before = during(target, before.then(() => lookedAt(file, name, host)), name)
  }
  await before
}

/** A picture that was marked on the board: numbers were looked for there. */
export function addMarked(host: Host, target: Target, picture: Blob, name: string, instead?: AttachmentId): Promise<void> {
  return during(target, describe(picture, name, host), name, instead)
}

/** A picture that nobody has looked at yet. */
export function addPicture(host: Host, target: Target, picture: Blob, name: string): Promise<void> {
  return during(target, lookedAt(picture, name, host), name)
}

async function during(target: Target, work: Promise<Chosen>, name: string, instead?: AttachmentId): Promise<void> {
  const of = edition(target)
  change(target, ({ looking }) => ({ looking: looking + 1 }))
  const done = await work.then((one) => ({ one }), () => ({ one: undefined }))
  // What it was for is gone: it belongs to nothing that comes later.
  if (edition(target) !== of) return
  const { one } = done
  if (one) change(target, ({ chosen, looking }) => ({ looking: looking - 1, chosen: chosen.some(({ about }) => about.id === instead) ? chosen.map((old) => (old.about.id === instead ? one : old)) : [...chosen, one] }))
  else {
    const problem = text.composer.unreadable(name)
    // Words that were to leave with it wait, and their writer may be elsewhere by now.
    if (parcelOf(target).leaving) toast({ title: text.composer.notSent, detail: problem, tone: 'danger' })
    change(target, ({ looking }) => ({ looking: looking - 1, problem, leaving: undefined }))
  }
  settle(target)
}

export function drop(target: Target, one: Chosen): void {
  change(target, ({ chosen }) => ({ chosen: chosen.filter(({ about }) => about.id !== one.about.id) }))
}

/** Sends now, or as soon as every picture has been looked at, wherever its writer is by then. */
export function send(target: Target, leave: Leave): void {
  change(target, () => ({ leaving: leave }))
  settle(target)
}

/** What waited to leave is being written on. */
export function takeBack(target: Target): void {
  if (parcelOf(target).leaving) change(target, () => ({ leaving: undefined }))
}

function settle(target: Target): void {
  const { looking, leaving, chosen } = parcelOf(target)
  if (looking > 0 || !leaving) return
  leaving(chosen)
  empty(target)
}

/** Nothing is chosen any more. */
export function empty(target: Target): void {
  change(target, ({ left }) => ({ ...EMPTY, left: left + 1 }))
}

/** Counts who signed out: what was theirs is never another's. */
let sessions = 0
const edition = (target: Target) => `${sessions} ${parcelOf(target).left}`

/**
 * Takes the screenshots of this window to where they were begun, also when that thread is not on the screen just now.
 * Returns how to stop.
 */
export function takeShots(host: Host): () => void {
  const stopShots = host.desktop?.shots.onPicture((picture, target) => void addMarked(host, target, picture, 'screenshot.png'))
  const stopSession = host.session.subscribe(() => {
    if (host.session.get().kind === 'in') return
    sessions += 1
    parcels.set(new Map())
  })
  return () => {
    stopShots?.()
    stopSession()
  }
}
