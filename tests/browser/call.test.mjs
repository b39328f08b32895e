/** A call by link: Sam rings, Ana takes it with one key, both are led to the same room, and the thread says what came out. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, row, Team, thread } from './support/team.mjs'
import { becomes } from './support/waiting.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

/** Opens the call from a page; where it led. */
async function opens(page) {
  const [opened] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('button', { name: 'Open the call' }).click()])
  await opened.waitForURL(/^https:/)
  const { origin, pathname } = new URL(opened.url())
  await opened.close()
  return origin + pathname
}

test('Sam rings Ana about her request; both land in one room; the end asks what came out of it', async () => {
  const words = 'The refund button is grey, can you look?'
  await ask(ana, words)
  await row(sam, words).click()
  await sam.getByRole('button', { name: /^Call Ana/ }).click()
  const card = ana.getByRole('alertdialog')
  await card.waitFor()
  assert.match(await card.innerText(), /Sam/)
  assert.match(await card.innerText(), /The refund button is grey/)

  await card.focus()
  await ana.keyboard.press('a')
  await sam.getByText('Ana accepted', { exact: true }).waitFor()
  const room = await opens(ana)
  assert.match(room, /^https:\/\/meet\.jit\.si\/[a-z2-7]{20,}$/)
  await sam.getByText('On a call with Ana').waitFor()
  await becomes(() => opens(sam), room)

  await sam.getByRole('button', { name: /^Done/ }).click()
  await sam.getByRole('textbox', { name: 'What came out of it?' }).fill('Porting date was empty; refund went through')
  await sam.keyboard.press('Enter')
  await thread(ana).getByText('Porting date was empty; refund went through').waitFor()
  await thread(ana).getByText(/^call \d+ s, (You and Sam|Sam and You)/).waitFor()
})

test('with a customer on the line one key declines, and the caller reads why', async () => {
  const words = 'Where is the dunning stop?'
  await ask(ana, words)
  await row(sam, words).click()
  await sam.getByRole('button', { name: /^Call Ana/ }).click()
  const card = ana.getByRole('alertdialog')
  await card.waitFor()
  await card.focus()
  await ana.keyboard.press('d')
  await thread(sam).getByText(/Ana could not talk/).waitFor()
})

test('a quick screen share about no request, from the palette: the one who shares is told where', async () => {
  await sam.keyboard.press('Control+k')
  await sam.keyboard.type('screen share')
  await sam.getByRole('option', { name: 'Quick screen share' }).waitFor()
  await sam.keyboard.press('Enter')
  await sam.getByPlaceholder('With whom?').waitFor()
  await sam.keyboard.type('ana')
  await sam.getByRole('option', { name: /^Share screens with Ana/ }).waitFor()
  await sam.keyboard.press('Enter')
  const card = ana.getByRole('alertdialog')
  await card.getByText('Not about a request').waitFor()
  await card.focus()
  await ana.keyboard.press('a')
  await sam.getByText('Share your screen there').waitFor()
  await becomes(() => opens(ana), await opens(sam))
  await sam.getByRole('button', { name: /^Done/ }).click()
  await sam.keyboard.press('Enter')
  await sam.getByRole('button', { name: /^Done/ }).waitFor({ state: 'detached' })
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
