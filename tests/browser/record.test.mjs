/** A clip recorded by a browser: asked for, recorded, watched by somebody else; and what is left of it when things go wrong. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, playing, row, settled, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

/** A screen and a microphone of Chromium's own making, and nobody who has to press "Share". */
const SCREEN = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--auto-select-desktop-capture-source=Entire screen']

let team
let ana
let sam
before(async () => {
  team = await Team.gather(SCREEN)
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

const bar = (page) => page.getByRole('region', { name: 'Recorder' })
const seconds = async (page) => Number((await bar(page).locator('time').innerText()).split(':')[1])
const recorded = (page, atLeast) => eventually(() => seconds(page), (value) => value >= atLeast, 'seconds in the bar', 20_000)

/** From the first screen to the running bar, by keyboard. */
async function begin(page) {
  await page.getByRole('dialog', { name: 'Record a clip' }).waitFor()
  await page.getByRole('button', { name: 'Choose what to show' }).press('Enter')
  await page.getByRole('button', { name: /^Start now/ }).press('Enter')
  await bar(page).waitFor()
}

async function record(page, atLeast) {
  await page.getByRole('button', { name: 'Record a clip' }).click()
  await begin(page)
  await recorded(page, atLeast)
}

/** Plays the last clip of the thread from its beginning; tells how long it is and how far it came. */
async function plays(page) {
  const video = await playing(page)
  // While the last bytes come it is followed live; then it changes over to the whole file.
  await eventually(() => video.evaluate((element) => element.duration), Number.isFinite, 'its length is known', 20_000)
  return video.evaluate(async (element) => {
    element.pause()
    const { duration } = element
    element.currentTime = duration / 2
    await new Promise((resolve) => element.addEventListener('seeked', resolve, { once: true }))
    return { duration, at: element.currentTime, width: element.videoWidth }
  })
}

test('Sam asks for a clip; Ana records it in her browser, and it plays in the thread for him', async () => {
  const words = 'The refund button is grey, why?'
  await ask(ana, words)
  await row(sam, words).click()
  await sam.getByRole('button', { name: 'Ask for a clip' }).first().click()
  await ana.getByRole('button', { name: 'Record now' }).click()
  const first = ana.getByRole('dialog', { name: 'Record a clip' })
  await first.waitFor()
  assert.match(await first.innerText(), /A browser paints nothing over/, 'what it can not do is said first')
  assert.deepEqual(await findings(ana), [])
  await begin(ana)
  assert.deepEqual(await findings(ana), [])
  await recorded(ana, 2)
  await bar(ana).getByRole('button', { name: 'Pause' }).click()
  const at = await seconds(ana)
  await bar(ana).getByText('paused').waitFor()
  await bar(ana).getByRole('button', { name: 'Resume' }).click()
  await recorded(ana, at + 2)
  await bar(ana).getByRole('button', { name: 'Stop' }).click()
  await bar(ana).waitFor({ state: 'detached' })

  const clip = await plays(sam)
  assert.ok(clip.duration > at + 1 && clip.duration < at + 8, `lasts ${clip.duration} s, ${at} s before the pause`)
  assert.ok(Math.abs(clip.at - clip.duration / 2) < 0.5, `sought to ${clip.at} of ${clip.duration}`)
  assert.ok(clip.width >= 320, `${clip.width} pixels wide`)
  await sam.reload()
  const poster = await thread(sam).locator('video').first().getAttribute('poster')
  assert.match(poster ?? '', /poster$/, 'it has a poster')
  await becomes(() => sam.evaluate(async (address) => (await fetch(address)).status, poster), 200)
  await sam.getByRole('main').getByText('waiting for you').first().waitFor()
})

test('the server is away while she records: all of it arrives when it is back', async () => {
  const words = 'Where does the tariff hide?'
  await ask(ana, words)
  await record(ana, 1)
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  const at = await seconds(ana)
  await recorded(ana, at + 2)
  await bar(ana).getByRole('button', { name: 'Stop' }).click()
  await bar(ana).waitFor({ state: 'detached' })
  await team.server.up()
  await row(sam, words).click()
  const { duration } = await plays(sam)
  assert.ok(duration > at + 1.5, `lasts ${duration} s, ${at} s before the server went`)
})

test('her page dies while she records: what was recorded is in the thread', async () => {
  const words = 'It jumps back to the start page'
  await ask(ana, words)
  await record(ana, 5)
  const context = ana.context()
  // The page has no chance to say anything.
  const crashed = ana.waitForEvent('crash')
  const tools = await context.newCDPSession(ana)
  tools.send('Page.crash').catch(() => undefined)
  await crashed
  ana = await context.newPage()
  await ana.goto(team.server.address)
  await settled(ana)
  await row(sam, words).click()
  await thread(sam).getByText('The recorder ended unexpectedly').waitFor({ timeout: 20_000 })
  const { duration } = await plays(sam)
  assert.ok(duration > 1, `${duration} s were kept`)
})

test('a clip recorded for a question that is being asked goes out with it', async () => {
  await ana.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  await ana.getByRole('dialog').waitFor()
  await ana.keyboard.type('This here, what is it?')
  await ana.getByRole('dialog').getByRole('button', { name: 'Clip' }).click()
  await begin(ana)
  await recorded(ana, 1)
  await bar(ana).getByRole('button', { name: 'Stop' }).click()
  await ana.getByRole('dialog').getByRole('button', { name: 'Without the clip; it is erased' }).waitFor()
  await becomes(() => ana.getByRole('textbox', { name: 'Your question' }).inputValue(), 'This here, what is it?')
  await ana.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await row(sam, 'This here, what is it?').click()
  const { duration } = await plays(sam)
  assert.ok(duration > 0.5)
})

test('what she throws away is nowhere', async () => {
  const words = 'Never mind what you see'
  await ask(ana, words)
  await record(ana, 2)
  await bar(ana).getByRole('button', { name: 'Discard' }).click()
  await bar(ana).getByRole('button', { name: /Throw away/ }).click()
  await bar(ana).waitFor({ state: 'detached' })
  await row(sam, words).click()
  await thread(sam).getByText(words).waitFor()
  await becomes(() => thread(sam).locator('figure').count(), 0)
  const clips = await eventually(
    () => ana.evaluate(async () => (await (await fetch('/api/v1/clips?limit=200')).json()).items.map(({ state }) => state)),
    (states) => !states.includes('recording') && !states.includes('stopped'),
    'states of her clips',
  )
  assert.ok(clips.includes('discarded') || clips.length > 0)
})

test('an admin switches it off, and browsers record no more', async () => {
  const ada = await team.signIn('Ada')
  await ada.goto(`${team.server.address}/settings/privacy`)
  await ada.getByRole('switch', { name: /record clips in a browser/ }).press('Space')
  await ada.getByText('Saved').waitFor()
  await ana.getByRole('button', { name: 'Recording in a browser is switched off here. Use the desktop app.' }).waitFor()
  const code = await ana.evaluate(async () => {
    const command = { clip: crypto.randomUUID(), request: null, width: 8, height: 8, sound: false, in_browser: true }
    const answer = await fetch('/api/v1/commands/start_clip', { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify(command) })
    return (await answer.json()).code
  })
  assert.equal(code, 'not_allowed')
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
