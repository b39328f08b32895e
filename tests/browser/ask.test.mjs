/** The main job from both sides: Ana asks, Sam sees it at once and answers, Ana says that it is solved. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, row, Team, thread } from './support/team.mjs'
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

/** Requests that this person's server would show them now. */
const requests = (page) => page.evaluate(async () => (await (await fetch('/api/v1/snapshot')).json()).entities.filter((entity) => entity.entity === 'request').length)

test('what was answered before is found while one types, and "this solved it" asks nothing', async () => {
  const before = await requests(ana)
  await ana.getByRole('button', { name: 'Ask for help' }).first().click()
  const dialog = ana.getByRole('dialog')
  const suggestions = dialog.getByRole('list', { name: 'Already asked or answered' })
  await ana.keyboard.type('IV')
  await becomes(() => suggestions.count(), 0, 'two letters are too few')
  await ana.keyboard.type('R code')
  const hit = suggestions.getByRole('button').filter({ hasText: 'answered' }).first()
  await hit.waitFor()
  // What matched is marked, in the words that were found.
  const marks = (await hit.locator('mark').allInnerTexts()).map((mark) => mark.toLowerCase())
  assert.ok(marks.includes('ivr') && marks.includes('code'), `marked: ${marks}`)
  await becomes(() => ana.getByRole('textbox', { name: 'Your question' }).inputValue(), 'IVR code', 'the caret stayed')
  await hit.click()
  await dialog.getByText('Code 4417, then the customer number').waitFor()
  await dialog.getByRole('button', { name: 'This solved it' }).click()
  await ana.getByText('Good. Nothing was sent.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  await becomes(() => requests(ana), before, 'requests')
  // Nor is it kept for the next question.
  await ana.getByRole('button', { name: 'Ask for help' }).first().click()
  await becomes(() => ana.getByRole('textbox', { name: 'Your question' }).inputValue(), '')
  await ana.keyboard.press('Escape')
})

test('a look-alike that still waits is joined: one request, one answer for both', async () => {
  const words = 'Voucher for the delayed router, how much?'
  await ask(ana, words)
  const ada = await team.signIn('Ada')
  await row(sam, words).waitFor()
  const before = await requests(sam)
  await ada.getByRole('button', { name: 'Ask for help' }).first().click()
  const dialog = ada.getByRole('dialog')
  await ada.keyboard.type('voucher delayed router')
  await dialog.getByRole('list', { name: 'Already asked or answered' }).getByRole('button').filter({ hasText: 'waiting' }).first().waitFor()
  await ada.keyboard.press('ArrowDown')
  await ada.keyboard.press('Tab')
  await dialog.getByRole('button', { name: 'Join' }).click()
  await dialog.waitFor({ state: 'detached' })
  await row(sam, words).click()
  await sam.getByText('Ada waits for this answer too').waitFor()
  await sam.locator('#composer').fill('Ten euros, once.')
  await sam.keyboard.press('Enter')
  for (const page of [ana, ada]) await thread(page).getByText('Ten euros, once.').waitFor()
  await becomes(() => requests(sam), before, 'requests')
})

test('an IBAN stays readable if Ana says so, one of two; the server keeps it, and no card under its name', async () => {
  const [kept, masked] = ['DE89 3704 0044 0532 0130 00', 'GB29 NWBK 6016 1331 9268 19']
  await ana.getByRole('button', { name: 'Ask for help' }).first().click()
  await ana.keyboard.type(`Which of ${kept} and ${masked} gets the refund?`)
  await ana.getByRole('button', { name: 'Leave 3000 readable' }).click()
  await ana.getByText('The IBAN ending in 3000 will be readable.').waitFor()
  await ana.getByRole('textbox', { name: 'Your question' }).focus()
  await ana.keyboard.press('Enter')
  await row(sam, 'Which of').click()
  await thread(sam).getByText(`Which of ${kept} and IBAN gets the refund?`).waitFor()
  // Whoever goes around the page gets no further: what the server stores is what it decides.
  const stored = await ana.evaluate(async () => {
    const snapshot = await (await fetch('/api/v1/snapshot')).json()
    const desk = snapshot.entities.find((entity) => entity.entity === 'desk').id
    const [request, message] = [crypto.randomUUID(), crypto.randomUUID()].map((id) => id.replace(/^(.{14})./, '$17'))
    const text = 'Card 4111 1111 1111 1111, or DE95 4111 1111 1111 1111 00'
    const args = { request, message, desk, text, readable_ibans: ['4111111111111111', 'DE95411111111111111100'], urgency: 'today', asked_at: Date.now() }
    const answer = await fetch('/api/v1/commands/ask', { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify(args) })
    return { status: answer.status, text: (await (await fetch(`/api/v1/requests/${request}`)).json()).text }
  })
  assert.deepEqual(stored, { status: 200, text: 'Card [card], or [IBAN]' })
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
