/**
 * Who looks elsewhere is told. Sam's and Ana's pages are not in front: what they would show and sound is written down
 * instead, by a stand-in for the system's notifications and an ear on the real sounds.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { looksAway, notes } from './support/away.mjs'
import { ask, command, row, signedIn, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

let team
let ana
let sam
/** Sam's other page, which he does not look at. */
let away
before(async () => {
  team = await Team.gather(['--autoplay-policy=no-user-gesture-required'])
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
  away = await elsewhere('Sam')
})
after(() => team?.goHome())

async function elsewhere(name) {
  const page = await team.stranger(`${name}, elsewhere`)
  await looksAway(page)
  await page.goto((await team.server.links())[name])
  await signedIn(page)
  return page
}

const sounds = (page) => page.evaluate(() => window.told.sounds)
/** The bells so far: whether each goes on, in a loop, and whether anything is to be heard of it. */
const bells = (page) =>
  page.evaluate(() =>
    window.told.bells.map(({ node, context }) => ({ rings: node.loop && context.state === 'running', loudest: Math.max(...node.buffer.getChannelData(0)) })),
  )
const last = (list) => list.at(-1)

test('a waiting customer: one sound, and a note that stays until somebody takes it', async () => {
  await away.evaluate(() => (window.clock = Date.now()))
  await ask(ana, 'Customer wants the money back now, may I?', { urgency: 'live' })
  await eventually(() => notes(away), (told) => told.length === 1, 'the note')
  assert.deepEqual(last(await notes(away)), { title: 'Ana: customer waiting', stays: true, silent: true, open: true })
  await becomes(() => sounds(away), 1)
  await ask(ana, 'And the second line of the same customer?', { urgency: 'live' })
  await eventually(() => notes(away), (told) => told.length === 2, 'the second note')
  await becomes(() => sounds(away), 1, 'one sound per burst')
  await away.evaluate(() => (window.clock += 4001))
  await ask(ana, 'A third, when it was quiet again?', { urgency: 'live' })
  await eventually(() => notes(away), (told) => told.length === 3, 'the third note')
  await becomes(() => sounds(away), 2)
  await away.evaluate(() => delete window.clock)
  assert.match(await away.title(), /^\(\d+\) Deskside$/)
  await row(sam, 'Customer wants the money back').click()
  await sam.getByRole('button', { name: /^Take/ }).first().click()
  await eventually(() => notes(away), ([first]) => !first.open, 'the note taken back')
  assert.ok(last(await notes(away)).open, 'nobody took the others')
})

test('a ring goes on until it is answered, wherever that is; the tab says who calls', async () => {
  await row(ana, 'Customer wants the money back').click()
  await ana.getByRole('button', { name: /^Call Sam/ }).click()
  await eventually(() => notes(away), (told) => last(told).title === 'Ana is calling', 'the note')
  assert.deepEqual(last(await notes(away)), { title: 'Ana is calling', stays: true, silent: true, open: true })
  const [bell] = await eventually(() => bells(away), ([bell]) => bell?.rings, 'the bell')
  assert.ok(bell.loudest > 0.2, `it is ${bell.loudest} loud`)
  await becomes(() => away.title(), '☎ Ana is calling')
  const card = sam.getByRole('alertdialog')
  await card.focus()
  await sam.keyboard.press('a')
  await eventually(() => bells(away), (all) => all.length === 1 && !all[0].rings, 'the bell silent')
  await eventually(() => notes(away), (told) => !last(told).open, 'the note taken back')
  assert.doesNotMatch(await away.title(), /☎/)
  await sam.getByRole('button', { name: /^Done/ }).click()
  await sam.keyboard.press('Enter')
})

test('a silent ring is seen and not heard', async () => {
  // Ana's status says that she is with a customer.
  const behind = await elsewhere('Ana')
  await row(sam, 'Customer wants the money back').click()
  await sam.getByRole('button', { name: /^Call Ana/ }).click()
  await eventually(() => notes(behind), (told) => told.some(({ title, open }) => title === 'Sam is calling' && open), 'the note')
  assert.deepEqual(await bells(behind), [])
  await sam.getByRole('button', { name: /^Stop ringing/ }).click()
  await eventually(() => notes(behind), (told) => !last(told).open, 'the note taken back')
  await behind.context().close()
})

test('an answer comes without a sound; the wish for a clip leads to the recorder in one click', async () => {
  const behind = await elsewhere('Ana')
  await sam.locator('#composer').fill('Yes, you may')
  await sam.locator('#composer').press('Enter')
  await thread(sam).getByText('Yes, you may').waitFor()
  await eventually(() => notes(behind), (told) => told.length === 1, 'the answer')
  assert.deepEqual(await notes(behind), [{ title: 'Sam answered', stays: false, silent: true, open: true }])

  await sam.getByRole('button', { name: /^Ask for a clip/ }).first().click()
  await eventually(() => notes(behind), (told) => told.length === 2, 'the wish')
  assert.deepEqual(last(await notes(behind)), { title: 'Sam asks for a clip', stays: true, silent: true, open: true })
  await becomes(() => sounds(behind), 0)
  await behind.evaluate(() => {
    window.isAway = false
    window.told.notes.at(-1).onclick()
  })
  await behind.getByRole('dialog', { name: 'Record a clip' }).waitFor()
  assert.match(behind.url(), /\/r\/[0-9a-f-]{36}$/)
  await behind.context().close()
})

test('in another thread of the same page, a note at its edge offers to record', async () => {
  await ask(ana, 'Why is the second invoice higher?')
  await row(sam, 'Why is the second invoice higher?').click()
  await row(ana, 'And the second line').click()
  await sam.getByRole('button', { name: /^Ask for a clip/ }).first().click()
  await ana.getByText('Sam asks for a clip').waitFor()
  await ana.getByRole('button', { name: 'Record now' }).click()
  await ana.getByRole('dialog', { name: 'Record a clip' }).waitFor()
})

test('a promised call that is late is heard, and its note stays until it was made', async () => {
  const words = 'When does the technician come?'
  await ana.keyboard.press('Escape')
  await ana.getByRole('dialog').waitFor({ state: 'detached' })
  await ask(ana, words)
  await row(sam, words).click()
  await thread(sam).getByText(words).waitFor()
  const [before, said] = [await sounds(away), (await notes(away)).length]
  // No burst of an earlier test reaches so far.
  await away.evaluate(() => (window.clock = Date.now() + 60_000))
  await command(sam, 'promise_callback', { request: sam.url().split('/').at(-1), at: Date.now() + 1000 })
  const late = (told) => told.slice(said).find(({ title }) => title === 'The call to Ana is late')
  await eventually(() => notes(away), late, 'the note')
  assert.deepEqual(late(await notes(away)), { title: 'The call to Ana is late', stays: true, silent: true, open: true })
  await becomes(() => sounds(away), before + 1)
  await away.evaluate(() => delete window.clock)
  await sam.getByRole('button', { name: 'I have called' }).click()
  await eventually(() => notes(away), (told) => !late(told).open, 'the note taken back')
})

test('words that name somebody are told to them silently, with the reason where they tell many', async () => {
  const words = 'Is the shop in Bonn open?'
  await ask(ana, words)
  await row(sam, words).waitFor()
  const { request, person } = await sam.evaluate(async (words) => {
    const { entities, me } = await (await fetch('/api/v1/snapshot')).json()
    return { request: entities.find((one) => one.entity === 'request' && one.text === words).id, person: me }
  }, words)
  const [before, said] = [await sounds(away), (await notes(away)).length]
  const whom = [{ kind: 'person', person }]
  const fresh = () => ana.evaluate(() => `${Date.now().toString(16).padStart(12, '0').replace(/^(.{8})/, '$1-')}-7${crypto.randomUUID().slice(15)}`)
  await command(ana, 'say', { request, message: await fresh(), text: '@Sam please', mentions: { whom } })
  const named = (told) => told.slice(said).find(({ title }) => title === 'Ana mentions you')
  await eventually(() => notes(away), named, 'the note')
  assert.deepEqual(named(await notes(away)), { title: 'Ana mentions you', stays: false, silent: true, open: true })
  await becomes(() => sounds(away), before)
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
