/**
 * Two desks, two apps. Sam rings Ana from her request while she types in another program: the card appears and takes no
 * key from her. Accepted, both are handed the same room, each by their own system.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { look, Story } from './support/story.mjs'
import { eventually } from '../browser/support/waiting.mjs'

const story = new Story()
let ana
let sam
before(async () => {
  await story.begin()
  ana = await person('Ana')
  sam = await person('Sam')
})
after(() => story.end())

async function person(name) {
  const desk = await story.desk(name.toLowerCase())
  return { desk, ...(await story.app(desk, name)) }
}

async function asks(words) {
  await ana.main.press('button', 'Ask for help')
  await ana.main.until(() => document.activeElement?.tagName === 'TEXTAREA', 'the caret')
  await ana.main.keys('Your question', 'textbox', words)
  await ana.main.press('button', /^Ask for help\s+↵$/)
  await ana.main.reads(words)
  await sam.main.press('row', new RegExp(words.slice(0, 20)))
}

const WORDS = 'The refund button is grey, can you look?'
let notes

story.test('Sam rings; the card stands over everything and Ana types on', async () => {
  await asks(WORDS)
  notes = await ana.desk.otherWindow('letter')
  await ana.desk.type('Dear Mr')
  await sam.main.press('button', /^Call Ana/)
  const ring = await ana.app.page('ring')
  await ring.reads('Sam is calling')
  await ring.reads('The refund button is grey')
  await ring.until(() => document.visibilityState === 'visible', 'the card')
  await ana.desk.type(' Adda')
  await eventually(() => notes.typed(), (typed) => typed === 'Dear Mr Adda', 'what Ana typed')
  assert.ok(await ring.has('button', /^Accept/), 'typing an a did not accept')
  await look(ana.desk, 'ring')
  const [x, y, width] = await ring.run(() => [screenX, screenY, innerWidth])
  assert.ok(x + width <= 1280 && x > 640 && y < 200, `the card is at ${x}, ${y}`)
})

story.test('accepted with one key once the card has the keyboard, both are led to one room', async () => {
  const ring = await ana.app.page('ring')
  const [x, y] = await ring.run(() => {
    const { left, top } = document.querySelector('[role=alertdialog] strong').getBoundingClientRect()
    return [screenX + left + 4, screenY + top + 4]
  })
  await ana.desk.click(x, y)
  await ring.until(() => document.hasFocus() && document.activeElement?.closest('[role=alertdialog]'), 'the keyboard in the card')
  ana.desk.key('a')
  await sam.main.reads('Ana accepted')
  await eventually(() => ana.app.has('ring'), (there) => !there, 'the card away')
  await ana.main.until(() => document.hasFocus(), 'the main window in front')
  await ana.main.press('button', 'Open the call')
  const [room] = await eventually(() => ana.desk.opened(), (opened) => opened.length === 1, 'what Ana is handed')
  assert.match(room, /^https:\/\/meet\.jit\.si\/[a-z2-7]{20,}/)
  await sam.main.press('button', 'Open the call')
  const [same] = await eventually(() => sam.desk.opened(), (opened) => opened.length === 1, 'what Sam is handed')
  const bare = (address) => address.split('#')[0]
  assert.equal(bare(same), bare(room))
  await sam.main.reads('On a call with Ana')
  await look(sam.desk, 'on-a-call')
})

story.test('done asks what came out of it, and the thread keeps it', async () => {
  await sam.main.press('button', /^Done/)
  await sam.main.until(() => document.activeElement?.id === 'outcome', 'the line to write')
  await sam.main.keys('What came out of it?', 'textbox', 'Porting date was empty')
  await sam.main.press('button', /^Done/)
  await ana.main.reads('Porting date was empty')
  await ana.main.reads(/call \d+ s, /)
})

story.test('declined with a reason, the caller reads why', async () => {
  await sam.main.press('button', /^Call Ana/)
  const ring = await ana.app.page('ring')
  // Ana's customer is on the line: one key says so.
  await ring.press('button', /^On a call/)
  await sam.main.reads(/Ana could not talk/)
  await eventually(() => ana.app.has('ring'), (there) => !there, 'the card away')
})

story.test('a ring that is stopped takes its card with it', async () => {
  await sam.main.press('button', /^Call Ana/)
  await ana.app.page('ring')
  await sam.main.press('button', /^Stop ringing/)
  await eventually(() => ana.app.has('ring'), (there) => !there, 'the card away')
  await ana.main.reads(/Sam stopped ringing/)
})
