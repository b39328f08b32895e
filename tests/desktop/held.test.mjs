/**
 * A desk wants clips watched before they leave. The app is killed right after Stop: the clip waits on Ana's machine, nobody else
 * knows of it, she watches it to its end and sends it, and Sam sees it.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { ask, row, settled, thread } from '../browser/support/team.mjs'
import { skipCount } from './support/recording.mjs'
import { look, Story } from './support/story.mjs'
import { eventually } from '../browser/support/waiting.mjs'

const story = new Story()
const WORDS = 'Where does this tariff come from?'
let desk
let app
let main
let sam
before(async () => {
  await story.begin()
  const ada = await story.team.signIn('Ada')
  await ada.goto(`${story.server.address}/settings/desks`)
  await ada.getByRole('link', { name: /Phones help/ }).click()
  await ada.getByRole('switch', { name: 'Clips are watched before they leave' }).press('Space')
  await ada.getByRole('button', { name: /^Save/ }).click()
  await ada.getByText(/^Ada changed .*watching clips before upload/).waitFor()
  const ana = await story.team.signIn('Ana')
  await ask(ana, WORDS)
  desk = await story.desk('ana')
  ;({ app, main } = await story.app(desk, 'Ana'))
  sam = await story.team.signIn('Sam')
})
after(() => story.end())

/** Runs in a page: how many clips its person knows of. */
const known = async () => (await (await fetch('/api/v1/snapshot')).json()).entities.filter((entity) => entity.entity === 'clip').length

story.test('while it is recorded nobody can be let in, and the bar says why', async () => {
  await main.press('row', new RegExp(WORDS.slice(0, 20)))
  await main.press('button', 'Record a clip')
  const pick = await app.page('pick')
  await pick.press('button', /^Display 1/)
  await pick.press('button', /^Record/)
  const bar = await app.page('recorder')
  await skipCount(bar)
  await bar.until(() => document.querySelector('time')?.innerText >= '0:03', 'three seconds')
  await bar.reads('Stays here until you watch it')
  assert.equal(await bar.has('button', 'Let someone watch'), false)
  await look(desk, 'bar-held')
  await bar.press('button', /^Stop/)
  await main.reads('Only you have this clip.')
})

story.test('killed, it waits at the next start; watched to its end it can be sent, and is what Sam sees', async () => {
  const ana = await story.team.signIn('Ana')
  const before = await ana.evaluate(known)
  await app.kill()
  app = await story.start(desk, [])
  main = await app.page('main')
  await main.reads('A clip of yours waits')
  assert.equal(await ana.evaluate(known), before, 'the server does not know that there is one')
  await main.press('button', 'Watch it')
  await main.reads('not watched yet')
  await look(desk, 'review')
  await main.press('button', 'Play')
  await main.reads('You have watched all of it.')
  assert.equal(await ana.evaluate(known), before)
  await main.press('button', 'Send')
  await settled(sam)
  await row(sam, WORDS).click()
  const video = thread(sam).locator('video')
  await video.waitFor()
  await eventually(() => video.evaluate((element) => (element.readyState === 0 && ((element.preload = 'auto'), element.load()), element.duration)), (length) => length > 2 && length < 60, 'its length')
  await main.until(() => !document.body.innerText.includes('Only you have this clip.'), 'nothing waiting')
})
