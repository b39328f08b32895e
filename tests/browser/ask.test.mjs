/** The main job from both sides: Ana asks, Sam sees it at once and answers, Ana says that it is solved. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, eventually, row, Team, thread } from './support/team.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

test('Ana asks with a customer on the line; Sam sees it at once, answers, and Ana confirms', async (story) => {
  const words = 'Is the outage in Bonn known already?'
  const asked = performance.now()
  await ask(ana, words, { urgency: 'live' })
  await row(sam, words).waitFor()
  story.diagnostic(`Enter to the card on the other screen, with typing by the machine: ${Math.round(performance.now() - asked)} ms`)
  assert.match(await row(sam, words).innerText(), /Ana[\s\S]*customer waiting/)

  await row(sam, words).click()
  await sam.locator('#composer').waitFor()
  await sam.locator('#composer').fill('Yes, since 14:10. Say two hours.')
  await sam.keyboard.press('Enter')
  await thread(ana).getByText('Yes, since 14:10. Say two hours.').waitFor()
  // Answering took it: one owner, without a further click.
  await ana.getByText('Did that help?').waitFor()
  await eventually(() => sam.getByRole('main').last().innerText(), (text) => text.includes('answered, Ana confirms'), 'what Sam reads')

  await ana.getByRole('button', { name: /^Solved/ }).click()
  await thread(sam).getByText('Ana said it is solved').waitFor()
  await eventually(() => row(sam, words).count(), (count) => count === 0, 'rows of what is solved in the inbox')
})

test('Sam asks back: it is Ana\'s turn, and her answer hands the turn back', async () => {
  const words = 'Which form for a number change?'
  await ask(ana, words)
  await row(sam, words).click()
  await sam.locator('#composer').fill('Private or business?')
  await sam.keyboard.press('Control+Enter')
  await eventually(() => row(ana, words).innerText(), (text) => text.includes('waiting for you'), 'what Ana reads')
  await ana.locator('#composer').fill('Business')
  await ana.keyboard.press('Enter')
  await thread(sam).getByText('Business', { exact: true }).waitFor()
  await eventually(() => row(sam, words).innerText(), (text) => text.includes('waiting for you'), 'what Sam reads')
})

test('a card number that was typed is on neither screen and nowhere on the server\'s disk', async () => {
  await ask(ana, 'paid with 5105 1051 0510 5100, refund to it?')
  await row(sam, 'paid with').click()
  await thread(sam).getByText(/paid with/).waitFor()
  assert.doesNotMatch(await sam.locator('body').innerText(), /5105/)
  for (const { path, bytes } of team.server.disk()) {
    for (const form of ['5105 1051 0510 5100', '5105105105105100', '5105 1051']) assert.ok(!bytes.includes(form), `${path} holds ${form}`)
  }
  assert.ok(!team.server.log.includes('5105'), 'the log holds the number')
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
