/**
 * How far a watcher is behind, with the real recorder, app and server: `cargo xtask bench app-clip`.
 *
 * `live`: from a change of the screen to the changed picture in Chromium while Ana records and lets Sam watch.
 * `link`: from Stop, after a clip of 60 s, to a video that another client can play from the clip's address.
 * `DESKSIDE_BENCH_SECONDS` says how long the clip is (60), `DESKSIDE_BENCH_CHANGES` how many changes are timed (20).
 * Changes come at random, not on the recorder's beat.
 */

import { settled } from '../browser/support/team.mjs'
import { Story } from '../desktop/support/story.mjs'
import { tell } from './support/figures.mjs'
import { copyLink, playable, pressStop, recordDisplay } from './support/link.mjs'
import { eventually } from '../browser/support/waiting.mjs'

const length = Number(process.env.DESKSIDE_BENCH_SECONDS ?? 60)
const changes = Number(process.env.DESKSIDE_BENCH_CHANGES ?? 20)
const COLOURS = [[230, 30, 30], [30, 30, 230]]

const story = new Story()
await story.begin()
try {
  const desk = await story.desk('ana', { width: 1920, height: 1080 })
  const { app } = await story.app(desk, 'Ana')
  const sam = await story.team.signIn('Sam')
  const watcher = await story.team.signIn('Sam')

  const bar = await recordDisplay(desk, app)
  const link = await copyLink(desk, bar)
  await bar.press('button', 'Let someone watch')
  await bar.press('button', /^Sam/)

  await watcher.goto(link)
  await watcher.locator('video').waitFor()
  await eventually(() => watcher.locator('video').evaluate((video) => video.currentTime), (time) => time > 1, 'the picture moving', 60_000)
  // Looks at one point of the picture on every frame, and stamps each change of colour.
  await watcher.locator('video').evaluate((video) => {
    const canvas = new OffscreenCanvas(16, 9)
    const context = canvas.getContext('2d', { willReadFrequently: true })
    window.stamps = []
    let last = -1
    const look = () => {
      context.drawImage(video, 0, 0, 16, 9)
      const [r, , b] = context.getImageData(0, 0, 1, 1).data
      const colour = r > 160 && b < 100 ? 0 : b > 160 && r < 100 ? 1 : -1
      if (colour >= 0 && colour !== last) {
        last = colour
        window.stamps.push([colour, Date.now()])
      }
      requestAnimationFrame(look)
    }
    look()
  })
  const began = Date.now()
  const ages = []
  // In the corner no window is in the way of the root window.
  for (let i = 0; i < changes; i += 1) {
    const [r, g, b] = COLOURS[i % 2]
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1200))
    const at = Date.now()
    await desk.run('xsetroot', '-solid', `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`)
    const stamp = await eventually(() => watcher.evaluate((i) => window.stamps[i], i), Boolean, `change ${i}`, 30_000)
    if (stamp[0] !== i % 2) throw new Error(`change ${i} was seen as ${stamp}`)
    ages.push(stamp[1] - at)
  }
  tell('a change of the screen to a watcher', ages, 3000)

  await new Promise((resolve) => setTimeout(resolve, Math.max(0, length * 1000 - (Date.now() - began))))
  await sam.goto(story.server.address)
  await settled(sam)
  await watcher.goto('about:blank')
  const stop = await pressStop(bar)
  const played = await playable(sam, link.split('/').at(-1), length * 0.8)
  tell(`Stop to a video that plays elsewhere, after ${length} s`, [played - stop], length < 300 ? 1000 : 500)
} finally {
  await story.end()
}
