/**
 * Whether a codec plays on this computer. What a player says of itself is not believed (it says "probably", and the decoder
 * is not installed): a second of it, written by our own recorder, is decoded once per start, to a picture that only a decoder
 * can know.
 */

import { useEffect, useState } from 'react'
import type { ClipCodec } from '../../protocol/wire'
import av1 from './seconds/av1.webm'
import vp9 from './seconds/vp9.webm'

/** How a clip gets onto this screen: as it is, as a copy, or not at all. */
export type Plays = 'plays' | 'converted' | 'nothing'

/** A decoder that has not come so far in this time will not. */
const PATIENCE = 10_000
/** A moment in which the white half has gone to the right. */
const LATE = 0.95

const found = new Map<string, Promise<boolean>>()

/** What becomes of a clip in that codec here. VP8 plays wherever VP9 does. */
export async function plays(codec: ClipCodec | null): Promise<Plays> {
  if (codec !== 'av1' || (await decodes(av1))) return 'plays'
  return (await decodes(vp9)) ? 'converted' : 'nothing'
}

/** The same for a component; `undefined` until it is known. */
export function usePlays(codec: ClipCodec | null): Plays | undefined {
  const [known, setKnown] = useState<{ codec: ClipCodec | null; plays: Plays } | undefined>()
  useEffect(() => {
    let here = true
    void plays(codec).then((plays) => here && setKnown({ codec, plays }))
    return () => {
      here = false
    }
  }, [codec])
  if (codec !== 'av1') return 'plays'
  return known?.codec === codec ? known.plays : undefined
}

/** Asked once; whoever asks again is told the same. */
function decodes(second: string): Promise<boolean> {
  const before = found.get(second)
  if (before) return before
  // Where the second itself can't be had nothing was found out: the player shall try.
  const asked = fetched(second).then(
    (blob) => shows(blob),
    () => (found.delete(second), true),
  )
  found.set(second, asked)
  return asked
}

async function fetched(second: string): Promise<Blob> {
  const answer = await fetch(second)
  if (!answer.ok) throw new Error(`${second}: ${answer.status}`)
  // The Linux webview plays no video from the app's own scheme, but it does from memory.
  return new Blob([await answer.arrayBuffer()], { type: 'video/webm' })
}

/** Whether its late picture comes: the left half black, the right half white. */
async function shows(second: Blob): Promise<boolean> {
  const address = URL.createObjectURL(second)
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.preload = 'auto'
  try {
    video.src = address
    await happens(video, 'loadeddata')
    video.currentTime = LATE
    await happens(video, 'seeked')
    // Some players say that they are there before the picture is.
    for (const until = performance.now() + PATIENCE; performance.now() < until; ) {
      const [left, right] = halves(video)
      if (left < 80 && right > 176) return true
      await new Promise((soon) => setTimeout(soon, 30))
    }
    return false
  } catch {
    return false
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(address)
  }
}

function happens(video: HTMLVideoElement, what: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`no ${what}`)), PATIENCE)
    video.addEventListener(what, () => (clearTimeout(timer), done()), { once: true })
    video.addEventListener('error', () => (clearTimeout(timer), failed(new Error('not decoded'))), { once: true })
  })
}

/** How bright the middles of its halves are, 0 to 255. */
function halves(video: HTMLVideoElement): [number, number] {
  const canvas = document.createElement('canvas')
  canvas.width = 4
  canvas.height = 2
  const context = canvas.getContext('2d')
  if (!context) throw new Error('nothing to look at it with')
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, 1)
  return [data[0] ?? 0, data[(canvas.width - 1) * 4] ?? 0]
}
