/**
 * The keys that work in every program, on a computer where another one has the first of them already; and the tray, from
 * which one asks where no key is free at all.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { ALT, CTRL, grab, SHIFT } from './support/grab.mjs'
import { look, Story } from './support/story.mjs'
import { tray } from './support/tray.mjs'
import { eventually } from '../browser/support/waiting.mjs'

const SPACE = 0x20
const story = new Story()
let desk
let app
let main
let overlay
let icons
before(async () => {
  await story.begin()
  desk = await story.desk('noa')
  icons = await tray(desk)
  await grab(desk.env.DISPLAY, SPACE, CTRL | SHIFT)
})
after(() => story.end())

const asking = () => overlay.until(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the caret')
const putAway = async () => {
  desk.key('Escape')
  await overlay.until(() => document.visibilityState === 'hidden', 'the overlay away')
}

story.test('first run: both keys are shown; the one that another program has is said, and the next proposed', async () => {
  const ada = await story.team.signIn('Ada')
  await ada.goto(`${story.server.address}/settings/people`)
  await ada.getByRole('button', { name: 'Invite people' }).click()
  await ada.getByRole('button', { name: 'Make link' }).click()
  const link = await ada.getByRole('textbox', { name: 'Link to join by' }).inputValue()
  app = await story.start(desk, [`deskside://join?link=${encodeURIComponent(link)}`])
  main = await app.page('main')
  await main.fill('textbox', 'Your name', 'Noa')
  await main.fill('textbox', 'E-mail address', 'noa@numbra.example')
  await main.fill('textbox', 'Password', 'a long enough password')
  await main.press('button', 'Join')
  await main.reads('Ctrl+Shift+Space is used by another program.')
  await main.reads('Ctrl+Alt+Shift+Space')
  await look(desk, 'keys-first-run')
  await main.press('button', 'Use Ctrl+Alt+Space')
  await main.reads('Ctrl+Alt+Space works from now on.')
  overlay = await app.page('overlay')
})

story.test('the new key opens the question; the one that was taken stays the other program\'s', async () => {
  await desk.otherWindow('spreadsheet')
  desk.key('ctrl+alt+space')
  await asking()
  await putAway()
})

story.test('in the settings another is pressed; the one before is free for others again', async () => {
  await main.press('button', 'Start')
  await main.press('link', 'Settings')
  await main.press('link', 'This computer')
  await main.reads('Ctrl+Alt+Space')
  await app.command()
  await main.until(() => document.hasFocus(), 'the main window in front')
  await main.press('button', 'Change: The key to ask')
  await main.reads('Press the new keys')
  await look(desk, 'keys-pressing')
  desk.key('ctrl+alt+h')
  await main.reads('Ctrl+Alt+H works from now on.')
  desk.key('ctrl+alt+h')
  await asking()
  await putAway()
  // Refused while somebody holds it.
  const { release } = await grab(desk.env.DISPLAY, SPACE, CTRL | ALT)
  release()
})

story.test('"Save as" is nobody\'s but the program\'s one is in; the key for a screenshot freezes the screen', async () => {
  const { release } = await grab(desk.env.DISPLAY, 's'.charCodeAt(0), CTRL | SHIFT)
  release()
  desk.key('ctrl+alt+shift+space')
  const mark = await app.page('mark')
  await mark.until(() => document.querySelector('[role=application]') && document.hasFocus(), 'the frozen screen')
  desk.key('Escape')
  await eventually(() => app.has('mark'), (there) => !there, 'the frozen screen away')
  await asking()
  await putAway()
})

story.test('the tray has the icon and its menu; one asks from there, and quits', async () => {
  const { status } = await icons.item()
  assert.equal(status, 'Active')
  assert.deepEqual(await icons.menu(), ['Ask for help', 'Ask with a screenshot', 'Open Deskside', 'Quit'])
  await icons.press('Ask for help')
  await asking()
  await putAway()
  await icons.press('Quit')
  await eventually(() => app.child.exitCode, (code) => code === 0, 'the app ended')
})

story.test('started again in the tray, the chosen key opens the question', async () => {
  app = await story.start(desk, ['--tray'])
  await icons.item(1)
  overlay = await app.page('overlay')
  main = await app.page('main')
  await main.until(() => document.visibilityState === 'hidden', 'no window')
  desk.key('ctrl+alt+h')
  await asking()
})
