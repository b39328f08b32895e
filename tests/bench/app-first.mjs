/**
 * From the press that starts a recording to its first picture, in the real app: `cargo xtask bench app-first`.
 *
 * The recorder is not asked: the desk's background is a clock of colours, painted about forty times a second, and the
 * clip's first picture tells which of them it saw. Counted is up to the moment the next colour stood, so the figure is
 * never too small and up to one colour too large. `DESKSIDE_BENCH_ROUNDS` clips (20). The press is "Start now", which
 * ends the count of three; needs ffmpeg.
 */

import { execFile } from 'node:child_process'
import { linkSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { settled } from '../browser/support/team.mjs'
import { becomes } from '../browser/support/waiting.mjs'
import { Story } from '../desktop/support/story.mjs'
import { tell } from './support/figures.mjs'
import { countDown, pressStop } from './support/link.mjs'

const run = promisify(execFile)
const rounds = Number(process.env.DESKSIDE_BENCH_ROUNDS ?? 20)
// Eight steps of each primary stay apart after any conversion of colours.
const STEPS = 8
const COLOURS = STEPS ** 3

/** When each colour stood on the screen, by its number; the newest time of each. */
const stood = new Array(COLOURS)
let painted = 0
let painting = true

async function paint(desk) {
  while (painting) {
    const at = painted % COLOURS
    const hex = [at % STEPS, Math.floor(at / STEPS) % STEPS, Math.floor(at / STEPS ** 2)]
    await desk.run('xsetroot', '-solid', `#${hex.map((step) => (step * 32 + 16).toString(16).padStart(2, '0')).join('')}`)
    stood[at] = Date.now()
    painted += 1
  }
}

/** The number of the colour in the corner of a clip's first picture. */
async function seenFirst(clip) {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', clip, '-frames:v', '1', '-vf', 'crop=2:2:8:8', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], { encoding: 'buffer' })
  const [r, g, b] = [...stdout.subarray(0, 3)].map((value) => Math.min(STEPS - 1, Math.floor(value / 32)))
  return r + g * STEPS + b * STEPS ** 2
}

const story = new Story()
await story.begin()
let painter
try {
  const desk = await story.desk('ana', { width: 1920, height: 1080 })
  const { app } = await story.app(desk, 'Ana')
  // Were nobody there, that would stay on the screen to be read.
  await settled(await story.team.signIn('Sam'))
  const overlay = await app.page('overlay')
  const notes = await desk.otherWindow('notes', '80x24+900+400')
  painter = paint(desk)
  const clips = join(desk.folder, 'profile', 'clips')
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    const bar = await countDown(desk, app, { words: `Clip ${round}` })
    const pressed = await bar.until(() => {
      const button = [...document.querySelectorAll('button')].find((button) => button.innerText.startsWith('Start now'))
      if (!button) return undefined
      const now = Date.now()
      button.click()
      return now
    }, 'the count')
    await bar.until(() => document.querySelector('time')?.innerText >= '0:01', 'the first second')
    const newest = readdirSync(clips).filter((name) => name.endsWith('.webm'))
      .map((name) => join(clips, name)).toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]
    // The app throws its file away once the server has it whole.
    const kept = join(desk.folder, `round-${round}.webm`)
    linkSync(newest, kept)
    await pressStop(bar)
    await overlay.until(() => document.visibilityState === 'visible' && document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the question')
    const seen = await seenFirst(kept)
    const next = (seen + 1) % COLOURS
    if (!(stood[next] >= pressed)) throw new Error(`the first picture shows colour ${seen}, which was over before the press`)
    times.push(stood[next] - pressed)
    desk.key('Return')
    await becomes(() => overlay.run(() => document.visibilityState), 'hidden')
    await notes.focus()
  }
  tell('the press to the first picture', times, 400)
} finally {
  painting = false
  await painter?.catch(() => undefined)
  await story.end()
}
