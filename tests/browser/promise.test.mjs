/** What is owed at a time, and what many customers wait for: a promised call, and something critical with its lesson. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, row, Team, thread } from './support/team.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

async function choose(page, name) {
  await page.getByRole('main').last().getByRole('button', { name: 'More' }).first().click()
  await page.getByRole('menuitem', { name }).click()
  await page.getByRole('dialog').waitFor()
}

test('Sam promises Ana a call; both read when; it stands there until it was made', async () => {
  const words = 'Which form for a deceased customer?'
  await ask(ana, words)
  await row(sam, words).click()
  await choose(sam, 'Promise a call')
  await sam.getByRole('dialog').getByRole('button', { name: 'Promise it' }).click()
  await sam.getByText(/^Call Ana .*: you promised it\.$/).waitFor()
  await ana.getByText(/^Sam calls you /).waitFor()
  // Also in the list, where nothing was opened.
  await row(ana, words).getByText(/call .*\d\d:\d\d/).waitFor()
  assert.deepEqual(await findings(sam), [])

  await sam.getByRole('button', { name: 'I have called' }).click()
  await thread(ana).getByText('Sam called as promised').waitFor()
  await ana.getByText(/^Sam calls you /).waitFor({ state: 'detached' })
  // Whoever called has it.
  await ana.getByText(/^waiting for Sam/).first().waitFor()
})

test('Ana wishes to be called, moves the time, and says that it is not needed any more', async () => {
  const words = 'How long does a number stay reserved?'
  await ask(ana, words)
  await choose(ana, 'Ask to be called')
  await ana.getByRole('dialog').getByRole('button', { name: 'Ask for it' }).click()
  await ana.getByText(/^Somebody of Phones help calls you /).waitFor()
  await row(sam, words).click()
  await sam.getByText(/^Ana asked to be called /).waitFor()
  await choose(ana, 'Change the time of the call')
  await ana.getByRole('dialog').getByRole('button', { name: /^in 30 min/ }).click()
  await ana.getByRole('option', { name: /^in 4 hours/ }).click()
  await ana.getByRole('dialog').getByRole('button', { name: 'Ask for it' }).click()
  await ana.getByRole('button', { name: 'No need to call' }).click()
  await thread(sam).getByText('Ana needs no call any more').waitFor()
})

test('Ana says that it is critical: Sam is called at once; when it is solved its lesson is missing until Sam writes it down', async () => {
  const words = 'Nobody can activate a SIM since noon'
  await ask(ana, words)
  await thread(ana).getByText(words).waitFor()
  await ana.locator('#composer').press('Escape')
  await ana.keyboard.press('!')
  await ana.getByRole('dialog', { name: 'What makes it critical?' }).waitFor()
  await ana.keyboard.type('Every shop is affected')
  await ana.keyboard.press('Enter')
  await thread(ana).getByText('You said it is critical: Every shop is affected').waitFor()
  await row(sam, words).getByText('critical').waitFor()
  await row(sam, words).click()
  await sam.locator('#composer').fill('The activation server was restarted, try again.')
  await sam.keyboard.press('Enter')
  await ana.getByRole('button', { name: /^Solved/ }).first().click()

  await sam.getByRole('heading', { name: /critical, to review/ }).waitFor()
  await sam.getByRole('button', { name: 'Write it down' }).click()
  await sam.getByRole('dialog').waitFor()
  await sam.keyboard.type('The server gets an alarm of its own')
  await sam.getByRole('button', { name: 'Keep it' }).click()
  await ana.getByText('Learnt (Sam): The server gets an alarm of its own').waitFor()
  await sam.getByRole('heading', { name: /critical, to review/ }).waitFor({ state: 'detached' })
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
