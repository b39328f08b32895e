/**
 * Who is told, and how loudly. Sam works in another program with the app in the tray; a real notification daemon shows
 * what the app says. What crosses the bus is watched, because a daemon forgets sounds and hints.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { ask, command, row, thread } from '../browser/support/team.mjs'
import { look, Story } from './support/story.mjs'
import { becomes, eventually } from '../browser/support/waiting.mjs'

const story = new Story()
let desk
let app
let overlay
let daemon
let other
let ana
let elsewhere
const heard = []
before(async () => {
  await story.begin()
  desk = await story.desk('sam')
  daemon = await desk.notes()
  const bus = desk.spawn('dbus-monitor', ["interface='org.freedesktop.Notifications',member='Notify'"], { stdout: true })
  let said = ''
  bus.stdout.on('data', (chunk) => {
    said += chunk
    const calls = said.split(/^(?=method call)/m)
    said = calls.pop()
    heard.push(...calls.filter((call) => call.includes('member=Notify')))
  })
  ;({ app } = await story.app(desk, 'Sam', { args: ['--tray'] }))
  overlay = await app.page('overlay')
  other = await desk.otherWindow('spreadsheet')
  ana = await story.team.signIn('Ana')
})
after(() => story.end())

/** The calls so far, the last of which ends only with the next: two rings of the bell are counted by what came whole. */
const sounds = () => heard.filter((call) => call.includes('message-new-instant')).length

story.test('a waiting customer: a card that stays, with a sound, and Sam types on', async () => {
  await ask(ana, 'Customer wants the money back now, may I?', { urgency: 'live' })
  await eventually(() => daemon.displayed(), (count) => count === 1, 'the card')
  await look(desk, 'note-live')
  await desk.type('=SUM(A1)')
  await eventually(() => other.typed(), (typed) => typed === '=SUM(A1)', 'what Sam typed')
})

story.test('a second one within the burst makes no second sound', async () => {
  await ask(ana, 'And the second line of the same customer?', { urgency: 'live' })
  await eventually(() => daemon.displayed(), (count) => count === 2, 'both cards')
})

story.test('the card goes when somebody takes it, here or elsewhere', async () => {
  elsewhere = await story.team.signIn('Sam')
  await row(elsewhere, 'Customer wants the money back').click()
  await elsewhere.getByRole('button', { name: /^Take/ }).first().click()
  await eventually(() => daemon.displayed(), (count) => count === 1, 'one card left')
  const [over] = await daemon.over()
  assert.match(over.summary, /^Ana.*customer is waiting/)
  const call = heard.find((call) => call.includes('wants the money back'))
  assert.match(call, /"urgency"\s+variant\s+byte 2/, 'critical: no desktop lets it go by itself')
})

story.test('a question for today is a banner without a sound', async () => {
  await ask(ana, 'Where is the new price list?', { urgency: 'today' })
  await eventually(() => daemon.displayed(), (count) => count === 2, 'the banner')
  await ask(ana, 'Whenever: who orders paper?', { urgency: 'whenever' })
  await row(elsewhere, 'who orders paper').waitFor()
  await daemon.close()
  const notes = await daemon.over()
  assert.ok(!notes.some((note) => note.body.includes('paper')), 'whenever is no note')
  assert.ok(notes.some((note) => note.body.includes('price list')), 'today is one')
  assert.equal(sounds(), 1, 'one sound per burst, and only for a waiting customer')
})

story.test('words that name Sam: a banner without a sound', async () => {
  await row(ana, 'Where is the new price list?').click()
  await ana.locator('#composer').fill('@Sam, do you have it?')
  await ana.getByText(/^Tells Sam\./).waitFor()
  await daemon.close()
  await becomes(() => daemon.displayed(), 0)
  const before = sounds()
  await ana.locator('#composer').press('Enter')
  await eventually(() => daemon.displayed(), (count) => count === 1, 'the banner')
  await daemon.close()
  const notes = await daemon.over()
  assert.ok(notes.some(({ summary, body }) => summary === 'Ana mentions you' && body.includes('do you have it?')), JSON.stringify(notes))
  assert.equal(sounds(), before, 'nobody hears it')
})

story.test('a promised call that is late: a note that stays until it was made', async () => {
  const words = 'When does the technician come?'
  await ask(ana, words)
  await row(elsewhere, words).click()
  await elsewhere.getByRole('button', { name: /^Take/ }).first().click()
  await thread(elsewhere).getByText('You took it').waitFor()
  await daemon.close()
  await becomes(() => daemon.displayed(), 0)
  await command(elsewhere, 'promise_callback', { request: elsewhere.url().split('/').at(-1), at: Date.now() + 1000 })
  await eventually(() => daemon.displayed(), (count) => count === 1, 'the note')
  await look(desk, 'note-owed')
  await elsewhere.getByRole('button', { name: 'I have called' }).click()
  await becomes(() => daemon.displayed(), 0)
  assert.ok((await daemon.over()).some((note) => /^The call to Ana.* is late$/.test(note.summary)), 'what it said')
})

story.test('Sam is not told of what he asks himself', async () => {
  await app.command('ask', 'Who can check my own question?', '--urgency', 'live', '--desk', 'Phones help')
  await row(elsewhere, 'Who can check my own question?').waitFor()
  await becomes(() => daemon.displayed(), 0)
})

story.test('an answer comes as a card in the overlay\'s place, without a sound and without the keyboard', async () => {
  const ada = await story.team.signIn('Ada')
  const sid = await story.team.signInWithPasswordLink(ada, 'Sid')
  await row(sid, 'Who can check my own question?').click()
  await sid.locator('#composer').fill('I did, it is fine')
  await sid.locator('#composer').press('Enter')
  await thread(sid).getByText('I did, it is fine').waitFor()
  await overlay.until(() => document.visibilityState === 'visible', 'the card')
  await overlay.reads('Sid answered')
  await overlay.reads('I did, it is fine')
  await desk.type('+1')
  await eventually(() => other.typed(), (typed) => typed === '=SUM(A1)+1', 'what Sam typed')
  await look(desk, 'answer')
  await becomes(() => daemon.displayed(), 0)
  await overlay.press('button', /^Solved/)
  await overlay.until(() => document.visibilityState === 'hidden', 'the card away')
  await thread(sid).getByText(/Sam said it is solved/).waitFor()
})
