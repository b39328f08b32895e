/** For everyone, everywhere: by keyboard alone, at 320 px, and with nothing serious for the accessibility checker on any screen. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, row, settled, Team, thread } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

test('by keyboard alone: asked, found with J, answered with Enter, solved', async () => {
  const words = 'Key to the archive, who has it?'
  await ana.keyboard.press('a')
  await ana.keyboard.type(words)
  await ana.keyboard.press('Control+1')
  await ana.keyboard.press('Enter')
  await row(sam, words).waitFor()
  const current = () => sam.evaluate(() => document.querySelector('[data-list] a[aria-current]')?.textContent ?? '')
  for (let i = 0; i < 12 && !(await current()).includes(words); i++) {
    const before = await current()
    await sam.keyboard.press('j')
    await eventually(current, (now) => now !== before, 'the row that J goes to')
  }
  assert.match(await current(), /Key to the archive/)
  await sam.keyboard.press('Enter')
  await eventually(() => sam.evaluate(() => document.activeElement?.id), (id) => id === 'composer', 'where the focus is')
  await sam.keyboard.type('Kit, second floor')
  await sam.keyboard.press('Enter')
  await thread(ana).getByText('Kit, second floor').waitFor()
  await ana.keyboard.press('Escape')
  await eventually(
    async () => {
      await ana.keyboard.press('Tab')
      return ana.evaluate(() => document.activeElement?.textContent ?? '')
    },
    (words) => words.startsWith('Solved'),
    'the control that Tab goes to',
  )
  await ana.keyboard.press('Enter')
  await thread(sam).getByText('Ana said it is solved').waitFor()
})

test('320 px wide: ask, read, answer, and nothing has to be pushed sideways', async () => {
  const narrow = await team.signIn('Sam', { width: 320, height: 640, touch: true })
  const fits = async (what) => {
    const wide = await narrow.evaluate(() => document.scrollingElement.scrollWidth)
    assert.ok(wide <= 320, `${what} is ${wide} px wide`)
  }
  await fits('inbox')
  const words = 'Which tariff has the second SIM?'
  await ask(ana, words)
  await row(narrow, words).tap()
  await narrow.locator('#composer').waitFor()
  await fits('request')
  await narrow.locator('#composer').fill('Family L')
  await narrow.getByRole('button', { name: /^Answer/ }).tap()
  await thread(ana).getByText('Family L').waitFor()
  await narrow.getByRole('link', { name: 'Back to the list' }).or(narrow.getByRole('button', { name: 'Back to the list' })).first().tap()
  await row(narrow, words).waitFor()
  for (const path of ['/people', '/solved', '/settings/profile', '/settings/desks', '/settings/privacy', '/settings/kept', '/settings/devices']) {
    await narrow.goto(team.server.address + path)
    await settled(narrow)
    await fits(path)
  }
})

for (const theme of ['light', 'dark']) {
  test(`every screen, ${theme}: the accessibility checker has nothing serious to say`, async () => {
    const ada = await team.signIn('Ada', { theme })
    const words = `Printer on two, ${theme}`
    await ask(ada, words)
    await row(ada, words).click()
    const request = new URL(ada.url()).pathname
    const desks = await ada.evaluate(async () => (await (await fetch('/api/v1/snapshot')).json()).entities.filter(({ entity }) => entity === 'desk').map(({ id }) => id))
    const paths = [
      '/', request, '/solved', '/people', '/welcome', '/mark', '/r/0193a000-0000-7000-8000-000000000000', '/settings/profile', '/settings/devices', '/settings/people',
      '/settings/desks', '/settings/desks/new', `/settings/desks/${desks[0]}`, '/settings/calls', '/settings/tickets', '/settings/privacy', '/settings/kept',
    ]
    const found = {}
    for (const path of paths) {
      await ada.goto(team.server.address + path)
      await settled(ada)
      const sentences = await findings(ada)
      if (sentences.length > 0) found[path] = sentences
    }
    await ada.goto(team.server.address)
    await settled(ada)
    for (const [name, keys] of [['ask', 'a'], ['palette', 'Control+k'], ['keys', '?']]) {
      await ada.keyboard.press(keys)
      await ada.getByRole('dialog').waitFor()
      const sentences = await findings(ada)
      if (sentences.length > 0) found[name] = sentences
      await ada.keyboard.press('Escape')
      await ada.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const out = await team.stranger('nobody', { theme })
    await out.goto(team.server.address)
    await out.getByRole('button', { name: 'Sign in' }).waitFor()
    const sentences = await findings(out)
    if (sentences.length > 0) found['sign in'] = sentences
    assert.deepEqual(found, {})
  })
}

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
