/** The page of the proof: drives ClipLive and reads the age of the picture from its pixels. */

import { ClipLive, type LiveState } from '../../src/features/clip/live'

const FPS = 30
const BITS = 12
const video = document.querySelector('video') as HTMLVideoElement
const canvas = document.createElement('canvas')
canvas.width = BITS
canvas.height = 1
const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
let live: ClipLive
let skew = 0
let begun = 0
const states: { at: number; state: LiveState }[] = []

/** The number drawn into the picture that is on the screen now, as seconds of media time. */
function pictureTime(): number {
  context.drawImage(video, 0, 0, BITS * 64, 64, 0, 0, BITS, 1)
  const { data } = context.getImageData(0, 0, BITS, 1)
  let number = 0
  for (let bit = 0; bit < BITS; bit++) if ((data[bit * 4] ?? 0) > 127) number += 2 ** bit
  return number / FPS
}

const serverNow = () => (Date.now() + skew - begun) / 1000
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function until(condition: () => boolean, limit = 15_000): Promise<number> {
  const from = performance.now()
  while (!condition()) {
    if (performance.now() - from > limit) throw new Error(`not within ${limit} ms: ${condition}; ${describe()}`)
    await wait(10)
  }
  return performance.now() - from
}

function describe(): string {
  const ranges = Array.from({ length: video.buffered.length }, (_, i) => `${video.buffered.start(i).toFixed(2)}-${video.buffered.end(i).toFixed(2)}`)
  return JSON.stringify({ t: video.currentTime, ready: video.readyState, paused: video.paused, rate: video.playbackRate, ranges, state: live?.state, edge: live?.edge, error: video.error?.message })
}

Object.assign(window, {
  proof: {
    describe,
    states: () => states,
    async join(from: 'edge' | 'beginning') {
      const clock = (await (await fetch('/clock')).json()) as { begun: number; now: number }
      begun = clock.begun
      skew = clock.now - Date.now()
      live = new ClipLive(video, { url: '/clip.webm', onState: (state) => states.push({ at: serverNow(), state }) })
      const from0 = performance.now()
      void live.start(from)
      await until(() => video.readyState >= 2 && !video.paused)
      const start = video.currentTime
      await until(() => video.currentTime > start + 0.1)
      return { startMs: Math.round(performance.now() - from0), at: video.currentTime, edge: live.edge, now: serverNow() }
    },
    /**
     * Age of the picture every 50 ms, and how long playback stood. `stills` are stretches in which nothing was recorded:
     * there the picture rightly ages, so they are left out, and instead it is told how late the first picture after each came.
     */
    async age(seconds: number, stills: [number, number][] = []) {
      const afterStill: (number | null)[] = stills.map(() => null)
      const ages: number[] = []
      let stalls = 0
      let stalledMs = 0
      video.addEventListener('waiting', () => stalls++)
      const end = performance.now() + seconds * 1000
      let last = performance.now()
      let lastTime = video.currentTime
      while (performance.now() < end) {
        await wait(50)
        const picture = pictureTime()
        const clock = serverNow()
        stills.forEach(([, end], i) => {
          if (afterStill[i] === null && picture >= end - 0.01) afterStill[i] = Number((clock - end).toFixed(2))
        })
        if (!stills.some(([begin, end]) => clock > begin && clock < end + 4)) ages.push(clock - picture)
        const now = performance.now()
        if (video.currentTime === lastTime) stalledMs += now - last
        last = now
        lastTime = video.currentTime
      }
      ages.sort((a, b) => a - b)
      const at = (q: number) => Number((ages[Math.min(ages.length - 1, Math.floor(q * ages.length))] ?? 0).toFixed(2))
      return { p50: at(0.5), p95: at(0.95), max: at(1), waiting: stalls, stalledMs: Math.round(stalledMs), rate: video.playbackRate, samples: ages.length, ...(stills.length > 0 && { afterStill: afterStill.join(' and ') }) }
    },
    async seek(seconds: number) {
      const from = performance.now()
      await live.seek(seconds)
      // Playback goes on while the picture is awaited, so "there" means at or shortly after the wanted moment.
      await until(() => !video.seeking && video.readyState >= 2 && video.currentTime - seconds > -0.1 && video.currentTime - seconds < 3 && Math.abs(pictureTime() - video.currentTime) < 0.3)
      return { ms: Math.round(performance.now() - from), picture: pictureTime(), at: video.currentTime }
    },
    async edge() {
      const from = performance.now()
      await live.toLiveEdge()
      await until(() => serverNow() - pictureTime() < 3)
      return { ms: Math.round(performance.now() - from), age: serverNow() - pictureTime() }
    },
    async finish() {
      const before = video.currentTime
      const from = performance.now()
      await live.finish()
      const ms = Math.round(performance.now() - from)
      await until(() => Math.abs(pictureTime() - video.currentTime) < 0.3)
      return { ms, before, after: video.currentTime, picture: pictureTime(), duration: video.duration, paused: video.paused }
    },
    state: () => live.state,
    stop: () => live.stop(),
    picture: pictureTime,
  },
})
