/** A private request reaches its people only: not the feed, not the snapshot, not the search, not by its address. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, row, settled, Team, thread } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

const WORDS = 'My badge was copied, whom do I tell?'
let team
let ada
let ana
let sam
/** A colleague who does not help at the desk, and one who does. */
let ben
let kit
const heard = []
before(async () => {
  team = await Team.gather()
  ada = await team.signIn('Ada')
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
  ben = await team.signInWithPasswordLink(ada, 'Ben')
  kit = await team.signInWithPasswordLink(ada, 'Kit')
  // Everything that the server tells their browsers from now on, by socket and by request.
  for (const page of [ben, kit]) {
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))))
    page.on('response', (response) => void response.text().then((body) => heard.push(body), () => undefined))
    await page.reload()
    await settled(page)
  }
})
after(() => team?.goHome())

test('Ana asks Sam privately: Sam has it; Ben and Kit, who helps at that desk, hear nothing of it', async () => {
  await ana.goto(`${team.server.address}/people`)
  await ana.getByRole('button', { name: 'Ask privately: Sam' }).click()
  await ana.getByRole('dialog').waitFor()
  await ana.keyboard.type(WORDS)
  await ana.keyboard.press('Enter')
  await row(sam, WORDS).waitFor()
  await row(sam, WORDS).click()
  const address = sam.url()

  // An open request that comes later has reached Kit: then the private one would have, too.
  await ask(sam, 'Who has the key to the lab?')
  await row(kit, 'Who has the key').waitFor()
  assert.equal(await row(kit, WORDS).count(), 0)

  await ben.goto(address)
  await settled(ben)
  await ben.getByText('This request is not here').waitFor()
  await ben.keyboard.press('Control+k')
  const [answer] = await Promise.all([ben.waitForResponse((response) => response.url().includes('/api/v1/search')), ben.keyboard.type('badge copied')])
  assert.equal(answer.status(), 200)
  await ben.getByRole('option', { name: /^Ask: badge/ }).waitFor()
  assert.doesNotMatch(await ben.getByRole('dialog').innerText(), /badge was copied/)
  await ben.keyboard.press('Escape')
  for (const page of [ben, kit]) {
    const { status, body } = await page.evaluate(async () => {
      const answer = await fetch('/api/v1/search?q=badge&limit=10')
      return { status: answer.status, body: await answer.text() }
    })
    assert.equal(status, 200, body)
    assert.doesNotMatch(body, /badge was copied/)
  }
  assert.ok(heard.length > 0, 'nothing was heard at all')
  assert.ok(!heard.some((text) => text.includes('badge was copied')), 'the server told somebody of it')
})

test('opened to the desk, Kit has it at once, with its past, and Ben finds it', async () => {
  await ana.goto(team.server.address)
  await row(ana, WORDS).click()
  await ana.getByRole('button', { name: 'More' }).first().click()
  await ana.getByRole('menuitem', { name: /^Open to/ }).click()
  await row(kit, WORDS).waitFor()
  await row(kit, WORDS).click()
  await thread(kit).getByText(WORDS).waitFor()
  await eventually(() => thread(kit).innerText(), (text) => text.includes('opened it to the desk'), 'the thread as Kit reads it')
  await ben.goto(kit.url())
  await thread(ben).getByText(WORDS).waitFor()
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
