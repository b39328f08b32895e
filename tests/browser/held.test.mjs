/**
 * A desk wants clips watched before they leave: nothing of Ana's goes out of her browser before she has watched it and
 * sends it, also when her tab dies. What she throws away nobody ever heard of.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, row, settled, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

const SCREEN = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--auto-select-desktop-capture-source=Entire screen']
const WORDS = 'Why does the portal log her out?'

let team
let ana
let sam
/** What went out of Ana's browser that has to do with clips. */
const sent = []
const listens = (page) =>
  page.on('request', (request) => {
    const body = request.postData() ?? ''
    if ((request.method() !== 'GET' && /\/uploads|\/poster/.test(request.url())) || /start_clip|stop_clip|discard_clip|let_watch/.test(body)) sent.push(`${request.method()} ${request.url()} ${body.slice(0, 80)}`)
  })

before(async () => {
  team = await Team.gather(SCREEN)
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
  listens(ana)
})
after(() => team?.goHome())

const bar = (page) => page.getByRole('region', { name: 'Recorder' })
const review = (page) => page.getByRole('figure', { name: 'Your clip, not sent yet' })
const clips = (page) => page.evaluate(async () => (await (await fetch('/api/v1/clips?limit=200')).json()).items.map(({ id }) => id).sort().join())

async function record(page, seconds) {
  await page.getByRole('dialog', { name: 'Record a clip' }).waitFor()
  await page.getByText('Nothing leaves this machine until you have watched').waitFor()
  await page.getByRole('button', { name: 'Choose what to show' }).press('Enter')
  await page.getByRole('button', { name: /^Start now/ }).press('Enter')
  await bar(page).waitFor()
  await eventually(async () => Number((await bar(page).locator('time').innerText()).split(':')[1]), (at) => at >= seconds, 'seconds in the bar', 20_000)
}

/** Runs in a page: how many pieces of clips lie in its database. */
const piecesKept = async () => {
  let count = 0
  for (const { name } of await indexedDB.databases()) {
    count += await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target: { result: database } }) => {
        if (!database.objectStoreNames.contains('pieces')) return resolve(0)
        database.transaction(['pieces']).objectStore('pieces').count().onsuccess = (event) => {
          database.close()
          resolve(event.target.result)
        }
      }
    })
  }
  return count
}

async function watchAll(page) {
  await review(page).getByRole('button', { name: /^Play/ }).press('Enter')
  await review(page).getByText('You have watched all of it.').waitFor({ timeout: 30_000 })
}

test('the desk\'s settings say it, and whoever records is told', async () => {
  const ada = await team.signIn('Ada')
  await ada.goto(`${team.server.address}/settings/desks`)
  await ada.getByRole('link', { name: /Phones help/ }).click()
  await ada.getByRole('switch', { name: 'Clips are watched before they leave' }).press('Space')
  await ada.getByRole('button', { name: /^Save/ }).click()
  await ada.getByText(/^Ada changed .*watching clips before upload/).waitFor()
  await ada.goto(`${team.server.address}/settings/desks`)
  await ada.getByText('clips are watched first').waitFor()

  await ask(ana, WORDS)
  await row(ana, WORDS).click()
  await ana.getByRole('button', { name: 'Record a clip' }).click()
  await record(ana, 3)
  await bar(ana).getByText('Stays here until you watch it').waitFor()
  await becomes(() => bar(ana).getByRole('button', { name: /Let someone watch|Copy clip link/ }).count(), 0)
})

test('stopped, it waits in the thread for her alone, and not a byte has left', async () => {
  const before = await clips(ana)
  await bar(ana).getByRole('button', { name: 'Stop' }).click()
  await review(ana).waitFor()
  await review(ana).getByText(/not watched yet/).waitFor()
  assert.equal(await review(ana).getByRole('button', { name: 'Send' }).isDisabled(), true)
  assert.deepEqual(await findings(ana), [])
  await row(sam, WORDS).click()
  await thread(sam).getByText(WORDS).waitFor()
  assert.equal(await thread(sam).locator('figure').count(), 0)
  assert.equal(await clips(ana), before, 'the server does not know that there is one')
  assert.deepEqual(sent, [])
})

test('watched to its end it can be sent, and is what Sam sees', async () => {
  await watchAll(ana)
  assert.deepEqual(sent, [], 'watching is nobody else\'s business')
  await review(ana).getByRole('button', { name: 'Send' }).click()
  await review(ana).waitFor({ state: 'detached' })
  const video = thread(sam).locator('video')
  await video.waitFor()
  await eventually(() => video.evaluate((element) => (element.readyState === 0 && ((element.preload = 'auto'), element.load()), element.duration)), (length) => length > 2 && length < 60, 'its length', 20_000)
  assert.ok(sent.some((one) => one.includes('/uploads')), 'this is how a byte that leaves is seen here')
})

test('her tab dies while she records: it waits for her at the next start, and is thrown away unheard of', async () => {
  const before = await clips(sam)
  await ana.getByRole('button', { name: 'Record a clip' }).click()
  await record(ana, 3)
  await eventually(() => ana.evaluate(piecesKept), (count) => count > 1, 'pieces on her disk', 30_000)
  sent.length = 0
  const context = ana.context()
  const crashed = ana.waitForEvent('crash')
  const tools = await context.newCDPSession(ana)
  tools.send('Page.crash').catch(() => undefined)
  await crashed
  ana = await context.newPage()
  listens(ana)
  await ana.goto(team.server.address)
  await settled(ana)
  await ana.getByText('A clip of yours waits').waitFor()
  await ana.getByRole('button', { name: 'Watch it' }).click()
  await review(ana).getByText('The recorder ended unexpectedly').waitFor()
  await review(ana).getByRole('button', { name: 'Discard' }).click()
  await review(ana).getByRole('button', { name: /Throw away/ }).click()
  await review(ana).waitFor({ state: 'detached' })
  await ana.reload()
  await settled(ana)
  assert.equal(await review(ana).count(), 0)
  assert.deepEqual(sent, [])
  assert.equal(await clips(sam), before)
})

test('a clip for a question is watched before the question goes to such a desk', async () => {
  const words = 'And what is this now?'
  await ana.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  const dialog = ana.getByRole('dialog')
  await dialog.waitFor()
  await ana.keyboard.type(words)
  await dialog.getByRole('button', { name: 'Clip', exact: true }).click()
  await record(ana, 2)
  await bar(ana).getByRole('button', { name: 'Stop' }).click()
  await review(ana).waitFor()
  await ana.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await dialog.getByRole('alert').getByText('This desk wants you to watch the clip').waitFor()
  assert.deepEqual(sent, [])
  await watchAll(ana)
  await ana.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await row(sam, words).click()
  await thread(sam).locator('video').waitFor()
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
