/** Scenario 5 from the helper's side: a clip is played, sought, sped up and commented on, by keyboard alone; and one that still grows is followed. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, row, settled, Team, thread } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

const SCREEN = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--auto-select-desktop-capture-source=Entire screen']
const WORDS = 'Where is the porting date?'

let team
let ana
let sam
before(async () => {
  team = await Team.gather(SCREEN)
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

const bar = () => ana.getByRole('region', { name: 'Recorder' })
const video = () => thread(sam).locator('video')
const at = () => video().evaluate((element) => element.currentTime)
const isPaused = () => video().evaluate((element) => element.paused)

/** J: five seconds back, or to the beginning. */
async function back() {
  const wanted = Math.max(0, (await at()) - 5)
  await sam.keyboard.press('j')
  return eventually(at, (now) => Math.abs(now - wanted) < 0.1, `five seconds back, at ${wanted}`)
}

/** Ana's network goes while Sam watches: within three seconds of the last byte he reads so, and how much is safe. */
async function tellsSilence() {
  const sentence = thread(sam).getByText(/^recorder silent, kept up to 0:\d\d$/)
  await ana.context().setOffline(true)
  const waited = await video().evaluate(
    (element) =>
      new Promise((done) => {
        const end = () => (element.buffered.length > 0 ? element.buffered.end(element.buffered.length - 1) : 0)
        let [known, since] = [end(), performance.now()]
        const look = () => {
          if (end() !== known) [known, since] = [end(), performance.now()]
          if (document.body.textContent.includes('recorder silent, kept up to')) done(performance.now() - since)
          else setTimeout(look, 20)
        }
        look()
      }),
  )
  assert.ok(waited < 3_000, `told after ${Math.round(waited)} ms`)
  await sentence.waitFor()
  await ana.context().setOffline(false)
  await sentence.waitFor({ state: 'detached' })
  const was = await at()
  await eventually(at, (now) => now > was + 1, 'the picture goes on where it was', 20_000)
}

test('let in by the recorder, Sam follows the clip while it is recorded', async () => {
  await ask(ana, WORDS)
  await row(sam, WORDS).click()
  await ana.getByRole('button', { name: 'Record a clip' }).click()
  await ana.getByRole('button', { name: 'Choose what to show' }).press('Enter')
  await ana.getByRole('button', { name: /^Start now/ }).press('Enter')
  await bar().waitFor()
  await bar().getByRole('button', { name: 'Let someone watch' }).click()
  await ana.getByRole('menuitem', { name: /Sam/ }).click()
  await bar().getByText('Sam is watching').waitFor()
  await thread(sam).getByText('live', { exact: true }).waitFor()
  const first = await at()
  await eventually(at, (now) => now > first + 1, 'the picture goes on', 20_000)
  await tellsSilence()
  await bar().getByRole('button', { name: 'Stop' }).click()
  await bar().waitFor({ state: 'detached' })
  // What he watched makes room for the message that shows it.
  await eventually(() => video().count(), (count) => count === 1, 'one clip in the thread')
  await eventually(() => video().evaluate((element) => Number.isFinite(element.duration) && !element.seeking), Boolean, 'it changes over to the whole clip', 20_000)
})

test('keys play, stop, step, and set the speed, which is remembered', async () => {
  await row(sam, WORDS).click()
  await video().waitFor()
  await video().focus()
  if (!(await isPaused())) await sam.keyboard.press('k')
  await eventually(isPaused, Boolean, 'it rests')
  while ((await at()) > 0.1) await back()
  await sam.keyboard.press('k')
  await eventually(at, (now) => now > 0.3, 'it plays')
  await sam.keyboard.press('l')
  await eventually(() => video().evaluate((element) => element.playbackRate), (rate) => rate === 1.25, 'faster')
  await sam.keyboard.press('k')
  await eventually(isPaused, Boolean, 'it stops')
  const was = await back()
  await sam.keyboard.press('.')
  await eventually(at, (now) => now > was + 0.02 && now < was + 0.2, 'one picture on')
  assert.deepEqual(await findings(sam), [])
  await sam.reload()
  await settled(sam)
  await video().waitFor()
  await thread(sam).getByRole('button', { name: 'Speed: 1.25×' }).waitFor()
})

test('a comment at a moment stands on the timeline, and takes Ana there', async () => {
  await video().focus()
  await sam.keyboard.press('k')
  await eventually(at, (now) => now > 1, 'it plays')
  await sam.keyboard.press('c')
  await eventually(isPaused, Boolean, 'it rests while he writes')
  await sam.keyboard.type('Here: tick porting first.')
  await sam.keyboard.press('Enter')
  await thread(sam).getByRole('list', { name: 'Comments in the clip' }).getByRole('listitem').waitFor()
  const moment = await at()

  await row(ana, WORDS).click()
  await thread(ana).getByText('Here: tick porting first.').waitFor()
  await thread(ana).locator('video').waitFor()
  await thread(ana).getByRole('button', { name: /^Jump to 0:0/ }).press('Enter')
  const there = thread(ana).locator('video')
  await eventually(() => there.evaluate((element) => element.currentTime), (now) => Math.abs(now - moment) < 0.5, `her clip stands at ${moment}`)
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
