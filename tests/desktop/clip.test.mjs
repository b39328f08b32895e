/**
 * A clip from the question: area, count, bar, pause, stop; the question comes back with the clip and is sent. Sam watches
 * it while it grows because Ana lets him, and afterwards it plays in his browser and in Ana's app, over loopback.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { row, settled, thread } from '../browser/support/team.mjs'
import { skipCount } from './support/recording.mjs'
import { look, Story } from './support/story.mjs'
import { becomes, eventually } from '../browser/support/waiting.mjs'

const story = new Story()
const WORDS = 'Why is the refund button grey?'
let desk
let app
let main
let overlay
let bar
let sam
before(async () => {
  await story.begin()
  desk = await story.desk('ana')
  ;({ app, main } = await story.app(desk, 'Ana'))
  overlay = await app.page('overlay')
  sam = await story.team.signIn('Sam')
})
after(() => story.end())

const seconds = async () => {
  const [minutes, rest] = (await bar.run(() => document.querySelector('time').innerText)).split(':').map(Number)
  return minutes * 60 + rest
}

story.test('the recorder opens from the question; the count is skipped; the bar says time and level', async () => {
  await desk.otherWindow('ticket')
  desk.key('ctrl+shift+space')
  await overlay.until(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the caret')
  await desk.type(WORDS)
  await overlay.until((words) => document.querySelector('textarea').value === words, 'the words', WORDS)
  await overlay.press('button', 'Clip')
  const pick = await app.page('pick')
  await pick.reads('What do you want to record?')
  await pick.until(() => document.querySelectorAll('button[aria-pressed]').length > 1 && document.hasFocus(), 'the areas')
  await look(desk, 'pick')
  assert.match(await pick.words(), /ticket/)
  assert.doesNotMatch(await pick.words(), /Deskside/, 'its own windows are not offered')
  // Her status says that a customer is on the line, so the microphone is off until it is chosen.
  await pick.press('button', /No microphone/)
  await pick.press('option', /Monitor/)
  await pick.press('button', /^Display 1/)
  await pick.press('button', /^Record/)
  bar = await app.page('recorder')
  await skipCount(bar)
  await bar.until(() => document.querySelector('time')?.innerText >= '0:01', 'the time')
  await bar.until(() => Number(document.querySelector('[role=meter]').getAttribute('aria-valuenow')) > 5, 'the level')
  await look(desk, 'bar')
})

story.test('Sam sees nothing of it until he is let in, and then watches it grow', async () => {
  await bar.press('button', 'Copy clip link')
  await bar.find('button', 'Copied')
  const link = (await desk.run('xclip', '-o', '-selection', 'clipboard')).trim()
  assert.ok(link.startsWith(`${story.server.address}/c/`), link)
  await sam.goto(link)
  await sam.locator('video').waitFor({ state: 'detached' })
  await bar.press('button', 'Let someone watch')
  await bar.press('button', /^Sam/)
  await bar.reads('Sam is watching')
  await sam.locator('video').waitFor()
  const at = () => sam.locator('video').evaluate((video) => video.currentTime)
  const first = await eventually(at, (time) => time > 0, 'the first picture', 30_000)
  await eventually(at, (time) => time > first + 1, 'the picture moving', 30_000)
  await look(desk, 'bar-watched')
})

story.test('paused, the time stands still; resumed, it goes on', async () => {
  await bar.press('button', 'Pause')
  await bar.reads('paused')
  const before = await seconds()
  // A minute hand that stands is seen by looking twice, with a clock that does not belong to what is looked at.
  await desk.run('sleep', '1.5')
  assert.ok((await seconds()) <= before + 1, 'it stands')
  await bar.press('button', 'Resume')
  await eventually(seconds, (now) => now >= before + 2, 'the time going on')
})

story.test('while a box is drawn the time stands, whatever the bar is told; then it goes on, with the box', async () => {
  await bar.press('button', 'Hide a part of the screen')
  const boxes = await app.page('masks')
  await boxes.press('button', /^New box/)
  await bar.reads('paused')
  const before = await seconds()
  await bar.press('button', 'Resume')
  await look(desk, 'boxes')
  await boxes.press('button', /^Go on recording/)
  await becomes(() => app.has('masks'), false)
  await eventually(seconds, (now) => now >= before + 2, 'the time going on')
  await bar.find('button', 'Hide a part of the screen, 1 box so far')
})

story.test('stop leads back to the question, which has the clip now; Enter sends both', async () => {
  await bar.press('button', /^Stop/)
  await overlay.until(() => document.visibilityState === 'visible' && document.querySelector('textarea'), 'the question')
  await becomes(() => overlay.run(() => document.querySelector('textarea').value), WORDS)
  await overlay.reads(/Clip \d:\d\d/)
  await overlay.until(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the caret')
  await look(desk, 'question-with-clip')
  desk.key('Return')
  await overlay.reads(/^\s*With /)
})

story.test('it plays and seeks in Sam\'s browser', async () => {
  await sam.goto(story.server.address)
  await settled(sam)
  await row(sam, WORDS).click()
  const video = thread(sam).locator('video')
  await video.waitFor()
  await plays((script, ...args) => video.evaluate(script, ...args))
})

story.test('it plays and seeks in Ana\'s app, from this machine', async () => {
  await main.press('row', new RegExp(WORDS.slice(0, 20)))
  await main.until(() => document.querySelector('video'), 'the player')
  const source = await main.run(() => document.querySelector('video').currentSrc || document.querySelector('video').src)
  assert.match(source, /^http:\/\/127\.0\.0\.1:\d+\//)
  await plays(async (script, ...args) => main.later(`(...args) => (${script}).apply(null, [document.querySelector('video'), ...args])`, ...args))
  await look(desk, 'clip-in-app')
})

story.test('Sam asks for a clip; one press on the card that comes to Ana records it into that thread', async () => {
  const letter = await desk.otherWindow('letter')
  await sam.getByRole('button', { name: /^Ask for a clip/ }).first().click()
  await overlay.until(() => document.visibilityState === 'visible', 'the card')
  await overlay.reads('Sam asks for a clip')
  await overlay.reads(WORDS)
  await desk.type('Dear Mr')
  await eventually(() => letter.typed(), (typed) => typed === 'Dear Mr', 'what Ana typed')
  await look(desk, 'clip-wanted')
  await overlay.press('button', /^Record now/)
  const pick = await app.page('pick')
  await pick.until(() => document.querySelectorAll('button[aria-pressed]').length > 1 && document.hasFocus(), 'the areas')
  await overlay.until(() => document.visibilityState === 'hidden', 'the card away')
  await pick.press('button', /^Record/)
  bar = await app.page('recorder')
  await skipCount(bar)
  await bar.until(() => document.querySelector('time')?.innerText >= '0:02', 'the time')
  await bar.press('button', /^Stop/)
  await thread(sam).locator('video').nth(1).waitFor()
  // It is no question: nothing is asked of Ana, and the wish is gone.
  await main.until(() => !/would like a clip/.test(document.body.innerText), 'the wish fulfilled')
  await becomes(() => overlay.run(() => document.visibilityState), 'hidden')
})

/** Metadata, playing, and three jumps, each to where it was told. */
async function plays(inPage) {
  const length = await inPage(
    (video) =>
      new Promise((resolve, reject) => {
        const ready = () => resolve(video.duration)
        video.muted = true
        video.preload = 'auto'
        video.onerror = () => reject(new Error(`code ${video.error.code}`))
        if (video.readyState >= 1) ready()
        else video.onloadedmetadata = ready
        if (video.networkState === 0 || video.readyState === 0) video.load()
      }),
  )
  assert.ok(length > 3 && length < 120, `it is ${length} s long`)
  const moved = await inPage(
    (video) =>
      new Promise((resolve, reject) => {
        const from = video.currentTime
        video.ontimeupdate = () => video.currentTime > from + 0.5 && resolve(video.currentTime)
        video.play().catch(reject)
      }),
  )
  assert.ok(moved > 0)
  for (const part of [0.8, 0.2, 0.5]) {
    const at = await inPage(
      (video, part) =>
        new Promise((resolve) => {
          video.pause()
          video.onseeked = () => resolve(video.currentTime / video.duration)
          video.currentTime = video.duration * part
        }),
      part,
    )
    assert.ok(Math.abs(at - part) < 0.05, `jumped to ${at} instead of ${part}`)
  }
}
