/**
 * A ring that can't be missed. Sam works in another program with the app in the tray; what his loudspeaker plays is heard
 * where it comes out.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { ask, row } from '../browser/support/team.mjs'
import { look, Story } from './support/story.mjs'
import { eventually } from '../browser/support/waiting.mjs'

const RATE = 8000
const LOUD = 2000

const story = new Story()
let desk
let app
let ana
let elsewhere
let ears
before(async () => {
  await story.begin()
  desk = await story.desk('sam')
  ana = await story.team.signIn('Ana')
  elsewhere = await story.team.signIn('Sam')
  ;({ app } = await story.app(desk, 'Sam', { args: ['--tray'] }))
  ears = listen(desk)
})
after(() => story.end())

/** What comes out of the loudspeaker, in its own time: rings begin after half a second of silence. */
function listen(machine) {
  const child = machine.spawn('parec', ['-d', 'speakers.monitor', '--format=s16le', `--rate=${RATE}`, '--channels=1', '--latency-msec=50'], { stdout: true })
  const heard = { samples: 0, last: -RATE, rings: 0 }
  child.stdout.on('data', (chunk) => {
    for (let i = 0; i + 1 < chunk.length; i += 2) {
      heard.samples += 1
      if (Math.abs(chunk.readInt16LE(i)) < LOUD) continue
      if (heard.samples - heard.last > RATE / 2) heard.rings += 1
      heard.last = heard.samples
    }
  })
  return heard
}
/** Longer silent than from one ring to the next. */
const silent = () => eventually(() => (ears.samples - ears.last) / RATE, (seconds) => seconds > 4, 'silence', 20_000)

story.test('a call rings aloud until it is answered, wherever that is', async () => {
  await ask(ana, 'May I refund this one?')
  await row(elsewhere, 'May I refund this one?').click()
  await elsewhere.getByRole('button', { name: /^Take/ }).first().click()
  const other = await desk.otherWindow('spreadsheet')
  await silent()
  assert.equal(ears.rings, 0, 'nothing was heard so far')
  await row(ana, 'May I refund this one?').click()
  await ana.getByRole('button', { name: /^Call Sam/ }).click()
  await app.page('ring')
  await eventually(() => ears.rings, (rings) => rings >= 3, 'ringing again and again', 20_000)
  await look(desk, 'ring-aloud')
  await desk.type('=SUM(A1)')
  await eventually(() => other.typed(), (typed) => typed === '=SUM(A1)', 'what Sam typed')
  const card = elsewhere.getByRole('alertdialog')
  await card.focus()
  await elsewhere.keyboard.press('a')
  await eventually(() => app.has('ring'), (there) => !there, 'the card away')
  await silent()
  await elsewhere.getByRole('button', { name: /^Done/ }).click()
  await elsewhere.keyboard.press('Enter')
})

story.test('a ring that the caller stops is over at once', async () => {
  const before = ears.rings
  await ana.getByRole('button', { name: /^Call Sam/ }).click()
  await eventually(() => ears.rings, (rings) => rings > before, 'ringing', 20_000)
  await ana.getByRole('button', { name: /^Stop ringing/ }).click()
  await eventually(() => app.has('ring'), (there) => !there, 'the card away')
  await silent()
})

story.test('with a customer on the line it rings silently: the card comes, and nothing is heard', async () => {
  const before = ears.rings
  await elsewhere.goto(`${story.server.address}/settings/profile`)
  await elsewhere.locator('label').filter({ has: elsewhere.getByRole('radio', { name: /^On a call/ }) }).click()
  await elsewhere.getByRole('radio', { name: /^On a call/, checked: true }).waitFor()
  await ana.getByRole('button', { name: /^Call Sam/ }).click()
  const ring = await app.page('ring')
  await ring.reads('silent, because you are with a customer')
  const from = ears.samples
  await eventually(() => (ears.samples - from) / RATE, (seconds) => seconds > 3, 'three seconds to listen to')
  assert.equal(ears.rings, before, 'nothing was heard')
  await ana.getByRole('button', { name: /^Stop ringing/ }).click()
  await eventually(() => app.has('ring'), (there) => !there, 'the card away')
})
