/** What is written while the server is away is kept, said to be kept, and delivered once when it is back. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, row, settled, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

test('asked while the server is down: saved here, not sent; after its restart Sam has it exactly once', async () => {
  const words = 'Second SIM for the same profile?'
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  await ask(ana, words)
  await ana.getByText('saved here, not sent yet').first().waitFor()
  await team.server.up()
  await row(sam, words).waitFor({ timeout: 30_000 })
  await eventually(() => ana.getByText('saved here, not sent yet').count(), (count) => count === 0, '"not sent yet" on Ana\'s screen')
  await ana.reload()
  await sam.reload()
  await settled(ana)
  await settled(sam)
  await becomes(() => row(ana, words).count(), 1)
  await becomes(() => row(sam, words).count(), 1)
})

test('what is not delivered after five seconds names somebody to call, and copies the words', async () => {
  const words = 'She is cut off, which number may I give her?'
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  await ask(ana, words)
  const main = ana.getByRole('main', { name: 'Request' })
  await main.getByText('saved here, not sent yet').waitFor()
  await becomes(() => main.getByText('Not delivered yet.').count(), 0, 'not at once')
  await main.getByText('Not delivered yet.').waitFor()
  const call = main.getByRole('link', { name: /^Call \w+, ext\. \d+$/ })
  assert.match(await call.getAttribute('href'), /^tel:\d+$/)
  assert.doesNotMatch(await call.innerText(), /Ana/, 'nobody calls themselves')
  await main.getByRole('button', { name: 'Copy text' }).click()
  await becomes(() => ana.evaluate(() => navigator.clipboard.readText()), words)
  await team.server.up()
  await row(sam, words).waitFor({ timeout: 30_000 })
  await main.getByText('Not delivered yet.').waitFor({ state: 'detached' })

  // The same in a thread.
  await ana.locator('#composer').waitFor()
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  await ana.locator('#composer').fill('She has a landline.')
  await ana.keyboard.press('Enter')
  await thread(ana).getByText('Not delivered yet.').waitFor()
  assert.match(await thread(ana).getByRole('link', { name: /^Call \w+, ext\./ }).getAttribute('href'), /^tel:/)
  await thread(ana).getByRole('button', { name: 'Copy text' }).click()
  await becomes(() => ana.evaluate(() => navigator.clipboard.readText()), 'She has a landline.')
  await team.server.up()
  await row(sam, words).click()
  await thread(sam).getByText('She has a landline.').waitFor({ timeout: 30_000 })
})

test('asked while the server is away and the page closed: the next page delivers it, once', async () => {
  const words = 'Does the voucher count for the add-on, too?'
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  await ask(ana, words)
  await ana.getByText('saved here, not sent yet').first().waitFor()
  const context = ana.context()
  await ana.close()
  await team.server.up()
  ana = await context.newPage()
  await ana.goto(team.server.address)
  await row(sam, words).waitFor({ timeout: 30_000 })
  await sam.reload()
  await settled(sam)
  await becomes(() => row(sam, words).count(), 1)
})

test('a customer waited, and the question lay here for longer: it is asked about before anybody is rung', async () => {
  const words = 'She is on the line, may I waive the fee?'
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  await ask(ana, words, { urgency: 'live' })
  await ana.getByText('saved here, not sent yet').first().waitFor()
  const context = ana.context()
  await ana.close()
  await team.server.up()
  ana = await context.newPage()
  await ana.clock.install({ time: Date.now() + 11 * 60_000 })
  await ana.goto(team.server.address)
  await ana.getByRole('link', { name: /waive the fee.*still needed/ }).click()
  // What is asked after it does not wait for it.
  await ask(ana, 'Which form is it for a new SIM?')
  await row(sam, 'Which form is it').waitFor({ timeout: 30_000 })
  await becomes(() => row(sam, words).count(), 0, 'nobody was rung')
  await ana.getByRole('link', { name: /waive the fee.*still needed/ }).click()
  await ana.getByRole('button', { name: 'Still needed: send it' }).click()
  await row(sam, words).waitFor({ timeout: 30_000 })
  await sam.reload()
  await settled(sam)
  await becomes(() => row(sam, words).count(), 1)
})

test('half a sentence survives the page', async () => {
  const words = 'Which department is IVR 21 now?'
  await ask(ana, words)
  await row(ana, words).click()
  await ana.locator('#composer').fill('it rings and then')
  await ana.reload()
  await settled(ana)
  await ana.locator('#composer').waitFor()
  await becomes(() => ana.locator('#composer').inputValue(), 'it rings and then')
})

test('an answer written while the server restarts arrives once', async () => {
  const words = 'Is the port-out fee gone?'
  await ask(ana, words)
  await row(sam, words).click()
  await sam.locator('#composer').waitFor()
  await team.server.kill()
  await sam.locator('#composer').fill('Gone since May.')
  await sam.keyboard.press('Enter')
  await team.server.up()
  await row(ana, words).click()
  await thread(ana).getByText('Gone since May.').waitFor({ timeout: 30_000 })
  await sam.reload()
  await settled(sam)
  await becomes(() => thread(sam).getByText('Gone since May.').count(), 1)
})

test('a screen that was never opened is there while the server is away', async () => {
  await sam.goto(team.server.address)
  await settled(sam)
  // They come one after the other when the page rests.
  const came = () => sam.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  for (const part of ['BoardScreen', 'WhereScreen', 'settings']) await eventually(came, (names) => names.some((name) => name.includes(`/${part}-`)), part)
  await team.server.kill()
  await sam.getByText(/^Offline/).waitFor()
  await sam.keyboard.press('w')
  await sam.getByRole('heading', { name: 'Where to ask' }).waitFor()
  await sam.getByRole('navigation', { name: 'Deskside' }).getByRole('link', { name: 'Settings' }).click()
  await sam.getByRole('textbox', { name: 'Name' }).waitFor()
  await team.server.up()
  await sam.getByText(/^Offline/).waitFor({ state: 'detached', timeout: 30_000 })
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
