/** One question asked twice becomes one, and a vetted desk is reached through its vetter. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, row, settled, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

let team
let ana
let sam
let ada
let eli
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
  ada = await team.signIn('Ada')
  eli = await team.signInWithPasswordLink(ada, 'Eli')
})
after(() => team?.goHome())

test('Ada and Ana ask the same; Sam merges them; one answer reaches both', async () => {
  const first = 'Is the outage in Bonn known already?'
  const second = 'Outage in Bonn, is it known?'
  await ask(ana, first)
  await row(sam, first).waitFor()
  await ask(ada, second)
  await row(sam, second).click()
  await sam.getByRole('main').last().getByRole('button', { name: 'More' }).first().click()
  await sam.getByRole('menuitem', { name: 'Merge with another request' }).click()
  const dialog = sam.getByRole('dialog')
  await dialog.getByText(first).click()
  await dialog.getByText(/^Ada waits for the answer in "Is the outage in Bonn/).waitFor()
  await dialog.getByText('It can\'t be undone.').waitFor()
  assert.deepEqual(await findings(sam), [])
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()

  await sam.getByText('Ada waits for this answer too').waitFor()
  await ada.getByText(`It went on in "${first}".`).waitFor()
  // The one that both wait for now stands among Ada's own.
  await row(ada, first).waitFor()
  await becomes(() => row(ada, second).count(), 0)
  await sam.locator('#composer').fill('Yes, since 14:10. Say two hours.')
  await sam.keyboard.press('Enter')
  await ada.getByRole('button', { name: 'Open it' }).click()
  await thread(ada).getByText('Yes, since 14:10').waitFor()
  await thread(ana).getByText('Yes, since 14:10').waitFor()
})

test('Ada makes Engineering a vetted desk: Eli helps, Sam decides what goes there', async () => {
  await ada.goto(`${team.server.address}/settings/desks`)
  await settled(ada)
  await ada.getByRole('link', { name: /Engineering/ }).click()
  // By the clock on the wall of the test it must be open.
  await ada.getByRole('button', { name: 'Fill in' }).click()
  await ada.getByRole('menuitem', { name: 'Around the clock' }).click()
  const helpers = ada.getByRole('group', { name: 'Helpers' })
  for (const name of ['Sam', 'Sid']) await helpers.getByText(name, { exact: true }).click()
  await ada.getByText('Vetted', { exact: true }).click()
  await ada.getByText('Choose at least one vetter').waitFor()
  assert.ok(await ada.getByRole('button', { name: 'Save' }).isDisabled())
  await ada.getByRole('group', { name: 'Vetters' }).getByText('Sam', { exact: true }).click()
  // Whom it affects is known before it is done.
  await ada.getByText('Sam and Sid do not help here any more.').waitFor()
  assert.deepEqual(await findings(ada), [])
  await ada.getByRole('button', { name: 'Save' }).click()
  await ada.getByRole('main').getByText('Saved').waitFor()
  await ada.getByText(/^Ada changed .*who helps/).waitFor()
})

test('Ana reads that it goes through Sam first; Sam sends it on with a note; Eli reads both', async () => {
  const words = 'The activation log ends at noon'
  await ana.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  await ana.getByRole('dialog').waitFor()
  await ana.keyboard.type(words)
  await ana.locator('[data-ask-desk] button').click()
  await ana.getByRole('option', { name: /^Engineering/ }).click()
  await ana.getByText('Engineering is a vetted desk: it goes through Sam first.').waitFor()
  await ana.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await ana.getByText('It goes through Sam first, then to Engineering.').waitFor()

  await row(sam, words).click()
  await sam.getByText('Shall it go to Engineering?').waitFor()
  await sam.getByRole('button', { name: 'Send it on' }).click()
  await sam.getByRole('dialog').waitFor()
  await sam.keyboard.type('Why the log stops')
  await sam.getByRole('dialog').getByRole('button', { name: 'Send it on' }).click()
  await thread(ana).getByText('Sam sent it on to the desk').waitFor()
  await eventually(() => ana.getByRole('main').last().innerText(), (text) => text.includes('waiting for Engineering'), 'what Ana waits for')
  await row(eli, words).click()
  await eli.getByText('Why the log stops').waitFor()

  // Eli takes it and says until when; Ana reads who has it, where, and until when the next word comes.
  await eli.getByRole('button', { name: /^Take/ }).first().click()
  await thread(eli).getByText('You took it').waitFor()
  await eli.getByRole('main').last().getByRole('button', { name: 'More' }).first().click()
  await eli.getByRole('menuitem', { name: 'Say what happens next' }).click()
  await eli.getByRole('dialog').waitFor()
  await eli.keyboard.type('Reading the log of the night')
  await eli.keyboard.press('Enter')
  await row(ana, words).click()
  await ana.getByLabel('What is owed').getByText('Reading the log of the night').waitFor()
  await eventually(() => ana.getByRole('main').last().innerText(), (text) => text.includes('waiting for Engineering (Eli)') && /next word due/.test(text), 'who is next, and until when')
})

test('what is critical goes straight to Eli and to Sam, and is listed until its lesson is written down', async () => {
  const words = 'No SIM can be activated at all'
  await ana.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  await ana.getByRole('dialog').waitFor()
  await ana.keyboard.type(words)
  await ana.locator('[data-ask-desk] button').click()
  await ana.getByRole('option', { name: /^Engineering/ }).click()
  await ana.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await row(ana, words).click()
  await ana.getByText('It goes through Sam first, then to Engineering.').waitFor()
  await ana.locator('#composer').press('Escape')
  await ana.keyboard.press('!')
  await ana.getByRole('dialog', { name: 'What makes it critical?' }).waitFor()
  await ana.keyboard.type('Every shop is affected')
  await ana.keyboard.press('Enter')
  for (const page of [eli, sam]) await row(page, words).getByText('critical').waitFor()
  // No way round by a vetter any more.
  await becomes(() => ana.getByText('It goes through Sam first').count(), 0)
  await row(eli, words).click()
  await eli.locator('#composer').fill('The activation server is up again.')
  await eli.keyboard.press('Enter')
  await ana.getByRole('button', { name: /^Solved/ }).first().click()
  await eli.getByRole('heading', { name: /critical, to review/ }).waitFor()
  await row(eli, words).click()
  await eli.getByRole('button', { name: 'Write it down' }).click()
  await eli.getByRole('dialog').waitFor()
  await eli.keyboard.type('The server gets an alarm of its own')
  await eli.getByRole('button', { name: 'Keep it' }).click()
  await ana.getByText('Learnt (Eli): The server gets an alarm of its own').waitFor()
})

test('the place is known before asking, and what was asked about a ticket is one press away', async () => {
  await ana.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  await ana.getByRole('dialog').getByText(/you would be \d+(st|nd|rd|th)/).waitFor()
  await ana.keyboard.press('Escape')
  await row(sam, 'Port-out last week').click()
  await sam.getByRole('button', { name: 'ZD 4709: what was asked about it' }).click()
  const dialog = sam.getByRole('dialog', { name: 'Asked about ZD 4709' })
  await dialog.getByText('Nothing else was asked about it').waitFor()
  await dialog.getByRole('link', { name: /Port-out last week/ }).waitFor()
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
