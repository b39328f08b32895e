/**
 * Ask in ten seconds. Noa has a link in her mail, from a server that is its own authority; the app joins by it without
 * anything being typed again. From then on a key opens the question over whatever she works in.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { row, settled } from '../browser/support/team.mjs'
import { look, Story } from './support/story.mjs'
import { becomes, eventually } from '../browser/support/waiting.mjs'

const story = new Story()
let desk
let app
let main
let overlay
let ada
let sam
let link
let notes
before(async () => {
  await story.begin({ secure: true })
  desk = await story.desk('noa')
  ada = await story.team.signIn('Ada')
  sam = await story.team.signIn('Sam')
})
after(() => story.end())

const OVERLAY = 'ctrl+shift+space'
const opened = () => overlay.until(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the caret')
const hidden = () => overlay.until(() => document.visibilityState === 'hidden', 'the overlay away')

story.test('Ada makes a link to join by; it says which authority to trust', async () => {
  assert.match(story.server.address, /^https:/)
  await ada.goto(`${story.server.address}/settings/people`)
  await ada.getByRole('button', { name: 'Invite people' }).click()
  await ada.getByRole('button', { name: 'Make link' }).click()
  const field = ada.getByRole('textbox', { name: 'Link to join by' })
  await field.waitFor()
  link = await field.inputValue()
  assert.match(link, /^https:\/\/127\.0\.0\.1:\d+\/join#[\w-]+&pin=[0-9a-f]{64}$/)
})

story.test('the browser hands the invitation to the app, which is not running yet, and Noa joins', async () => {
  const noa = await story.team.stranger('Noa')
  await noa.goto(link)
  const handed = await noa.getByRole('link', { name: 'Open in the app' }).getAttribute('href')
  assert.match(handed, /^deskside:\/\/join\?link=/)
  app = await story.start(desk, [handed])
  main = await app.page('main')
  await main.find('heading', 'Join Numbra')
  await look(desk, 'join')
  await main.fill('textbox', 'Your name', 'Noa')
  await main.fill('textbox', 'E-mail address', 'noa@numbra.example')
  await main.fill('textbox', 'Password', 'a long enough password')
  await main.press('button', 'Join')
})

story.test('first run: the key that was set is said, another can be had, and the microphone is heard', async () => {
  await main.reads('Ctrl+Shift+Space')
  await main.until(() => Number(document.querySelector('[role=meter]')?.getAttribute('aria-valuenow')) > 5, 'a level that moves')
  await look(desk, 'first-run')
  await main.press('button', 'Start')
  await main.until(() => document.querySelector('[data-list]') || /Nobody is waiting/.test(document.body.innerText), 'the inbox')
  overlay = await app.page('overlay')
})

story.test('the key opens the question over another window; Enter sends it; the keyboard is back where it was', async () => {
  notes = await desk.otherWindow('[TAR-4712] Tariff change - Jira')
  await desk.type('half a sen')
  desk.key(OVERLAY)
  await opened()
  await overlay.reads('JIRA TAR-4712')
  await desk.type('Where is the new tariff sheet?')
  await overlay.until(() => document.querySelector('textarea').value === 'Where is the new tariff sheet?', 'the words')
  await look(desk, 'overlay')
  desk.key('Return')
  // At once, while the receipt is still there to be read.
  await eventually(() => desk.focused(), (title) => title === notes.title, 'the keyboard back')
  await desk.type('tence')
  await eventually(() => notes.typed(), (typed) => typed === 'half a sentence', 'what was typed outside')
  await overlay.reads(/^\s*With /)
  await look(desk, 'receipt')
  await row(sam, 'Where is the new tariff sheet?').waitFor()
  await hidden()
})

story.test('Esc hides the question and keeps it; the key brings it back', async () => {
  desk.key(OVERLAY)
  await opened()
  await desk.type('Not quite sure yet')
  desk.key('Escape')
  await hidden()
  await eventually(() => desk.focused(), (title) => title === notes.title, 'the keyboard back')
  desk.key(OVERLAY)
  await opened()
  await becomes(() => overlay.run(() => document.querySelector('textarea').value), 'Not quite sure yet')
  await desk.type(', but almost')
  await overlay.until(() => document.querySelector('textarea').value === 'Not quite sure yet, but almost', 'the words after the old ones')
  // Pressed again it goes away, as it came.
  desk.key(OVERLAY)
  await hidden()
})

story.test('the address of a ticket in the clipboard is offered once', async () => {
  const clipboard = desk.spawn('xclip', ['-i', '-quiet', '-selection', 'clipboard'], { stdin: true })
  clipboard.stdin.end('https://numbra.zendesk.com/agent/tickets/4711')
  await desk.run('xdotool', 'windowfocus', '--sync', notes.id)
  const plain = await desk.otherWindow('plain')
  desk.key(OVERLAY)
  await opened()
  await overlay.reads('ZD 4711')
  desk.key('Escape')
  await hidden()
  desk.key(OVERLAY)
  await opened()
  assert.doesNotMatch(await overlay.words(), /ZD 4711/)
  desk.key('Escape')
  await hidden()
  await eventually(() => desk.focused(), (title) => title === plain.title, 'the keyboard back')
})

story.test('without a server "sent" is not said, and what was kept goes out once', async () => {
  await story.server.kill()
  desk.key(OVERLAY)
  await opened()
  desk.key('ctrl+a')
  // The key is pressed when the keyboard gets to it; typing has a keyboard of its own.
  await overlay.until(() => { const { selectionStart, selectionEnd, value } = document.querySelector('textarea'); return selectionStart === 0 && selectionEnd === value.length }, 'all of it selected')
  await desk.type('Is the portal down for you too?')
  await overlay.until(() => document.querySelector('textarea').value === 'Is the portal down for you too?', 'the words')
  desk.key('Return')
  await overlay.reads('saved here, not sent yet')
  await overlay.reads('Not delivered yet.')
  await eventually(() => desk.focused(), (title) => title !== 'Deskside', 'the keyboard elsewhere while the question waits')
  assert.ok(!(await overlay.words()).includes('With '), 'nothing says that it arrived')
  await look(desk, 'not-sent')
  await story.server.up()
  await sam.reload()
  await settled(sam)
  await row(sam, 'Is the portal down for you too?').waitFor()
  await becomes(() => row(sam, 'Is the portal down for you too?').count(), 1)
})

story.test('a question from a command line goes through the running app', async () => {
  const said = await app.command('ask', 'Who has the key to room 4?', '--urgency', 'today')
  assert.match(said, /^Asked .+: https:\/\/127\.0\.0\.1:\d+\/r\//)
  await row(sam, 'Who has the key to room 4?').waitFor()
  await main.reads('Who has the key to room 4?')
})

story.test('a link on a ticket page opens the question with that ticket', async () => {
  await app.command('deskside://ask?ticket=https%3A%2F%2Fnumbra.zendesk.com%2Fagent%2Ftickets%2F4711&text=refund%3F')
  await opened()
  await overlay.reads('ZD 4711')
  await becomes(() => overlay.run(() => document.querySelector('textarea').value), 'refund?')
  desk.key('Escape')
  await hidden()
})
