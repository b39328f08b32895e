/**
 * The app is killed at random moments of a recording and a question, five times. What was said to be kept is there at the
 * next start: the draft, the question that could not be sent, the clip up to two seconds before the end.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { row, settled } from '../browser/support/team.mjs'
import { Story } from './support/story.mjs'
import { becomes, eventually } from '../browser/support/waiting.mjs'

const ROUNDS = 5
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
/** Mulberry32: small, and the same everywhere. */
let state = seed
function chance() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const story = new Story()
let desk
let sam
before(async () => {
  console.log(`seed ${seed}`)
  await story.begin()
  desk = await story.desk('ana')
  sam = await story.team.signIn('Sam')
})
after(() => story.end())

/** Runs in a page: the words of the messages that show this clip. */
const of = async (clip) => (await (await fetch('/api/v1/snapshot')).json()).entities.filter((entity) => entity.entity === 'message' && entity.clip === clip).map((message) => message.text)
const atRest = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

story.test(`five rounds: nothing that was kept is lost (seed ${seed})`, async () => {
  let { app, main } = await story.app(desk, 'Ana')
  const clips = new Map()
  const asked = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    await main.press('button', 'Ask for help')
    await main.until(() => document.activeElement?.tagName === 'TEXTAREA', 'the caret')
    const words = `Round ${round}: is anything lost?`
    // With the server away the question can only be kept; it has to go out after the kill.
    await story.server.kill()
    await main.fill('textbox', 'Your question', words)
    await main.press('button', /^Ask for help\s+↵$/)
    await main.reads('not sent yet')
    asked.push(words)
    await main.press('button', 'Ask for help')
    await main.until(() => document.activeElement?.tagName === 'TEXTAREA', 'the caret')
    await main.fill('textbox', 'Your question', `draft ${round}`)
    await story.server.up()

    // A clip for the draft; killed while it is counted, recorded, or just after it was stopped.
    await main.press('button', 'Clip')
    const pick = await app.page('pick')
    await pick.press('button', /^Display 1/)
    await pick.press('button', /^Record/)
    const bar = await app.page('recorder')
    await bar.until(() => document.querySelector('time')?.innerText >= '0:03', 'three seconds')
    await bar.press('button', 'Copy clip link')
    await bar.find('button', 'Copied')
    const link = (await desk.run('xclip', '-o', '-selection', 'clipboard')).trim()
    const [minutes, rest] = (await bar.run(() => document.querySelector('time').innerText)).split(':').map(Number)
    const safe = minutes * 60 + rest
    const stops = chance() < 0.3
    if (stops) bar.press('button', /^Stop/).catch(() => undefined)
    // The random moment itself.
    await atRest(chance() * 900)
    await app.kill()
    clips.set(link.split('/').at(-1), safe)

    app = await story.start(desk, [])
    main = await app.page('main')
    await main.reads(words)
    await main.press('button', 'Ask for help')
    await main.until((draft) => document.querySelector('textarea[aria-label="Your question"]')?.value === draft, 'the draft', `draft ${round}`)
    await main.reads(/Clip/)
    await main.until(() => document.hasFocus(), 'the keyboard in the app')
    desk.key('Escape')
    await main.until(() => !document.querySelector('textarea[aria-label="Your question"]'), 'the question away')
  }

  for (const words of asked) {
    await sam.reload()
    await settled(sam)
    await row(sam, words).waitFor()
    await becomes(() => row(sam, words).count(), 1, words)
  }
  const ana = await story.team.signIn('Ana')
  for (const [clip, safe] of clips) {
    await ana.goto(`${story.server.address}/c/${clip}`)
    // The player asks for nothing before somebody wants to see it.
    const length = () =>
      ana.locator('video').first().evaluate((video) => (video.readyState === 0 && ((video.preload = 'auto'), video.load()), String(video.duration)), undefined, { timeout: 1000 }).catch((error) => error.message)
    await eventually(length, (found) => Number(found) >= safe - 2, `the clip ${clip} of at least ${safe} s`, 30_000)
    // It went with the question after it, as it lay in that question's draft.
    const next = asked[[...clips.keys()].indexOf(clip) + 1]
    if (next) assert.deepEqual(await ana.evaluate(of, clip), [next])
  }
})
