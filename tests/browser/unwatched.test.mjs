/**
 * A desk that nobody watches while a customer waits, in real minutes: whoever asks reads at once how it is and whom to
 * call, and after two minutes deputy and owner are told of the desk, once. It runs beside the other stories.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { looksAway, notes } from './support/away.mjs'
import { ask, command, findings, row, signedIn, Team } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

const WORDS = 'She is on the line: may I waive the fee?'
const EMPTY = 'Nobody on duty is at Phones help.'

let team
let ana
let ada
let sam
let sid
before(async () => {
  team = await Team.gather(['--autoplay-policy=no-user-gesture-required'])
  ana = await team.signIn('Ana')
  ada = await behind('Ada')
  sam = await behind('Sam')
  sid = await team.signInWithPasswordLink(ada, 'Sid')
})
after(() => team?.goHome())

/** Signed in, and looking at something else. */
async function behind(name) {
  const page = await team.stranger(name)
  await looksAway(page)
  await page.goto((await team.server.links())[name])
  await signedIn(page)
  return page
}

/** What the person was told of the desk. */
const warnings = async (page) => (await notes(page)).filter(({ title }) => title === EMPTY)
/** Where Ana's question stands, as she reads it. */
const standing = () => ana.getByRole('main', { name: 'Request' }).getByRole('status').filter({ hasText: /, you are \d/ })

test('Sid alone is on duty, around the clock; a customer waits, and Ana reads that he is there', async () => {
  const { desk, sid: person, ada: deputy } = await sam.evaluate(async () => {
    const { entities } = await (await fetch('/api/v1/snapshot')).json()
    const person = (name) => entities.find((one) => one.entity === 'person' && one.name === name).id
    return { desk: entities.find((one) => one.entity === 'desk' && one.name === 'Phones help'), sid: person('Sid'), ada: person('Ada') }
  })
  await command(sam, 'arrange_desk', { desk: desk.id, service: { ...desk.service, deputy: { kind: 'person', person: deputy } } })
  await command(sam, 'set_rota', { desk: desk.id, slots: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 24 * 60, person })) })
  await ask(ana, WORDS, { urgency: 'live' })
  await row(ana, WORDS).click()
  await standing().filter({ hasText: /^1 on duty, (busy, )?you are \d/ }).waitFor()
})

test('he goes: Ana is told at once that nobody is there, and whom to call; deputy and owner after two minutes, once', async () => {
  const went = performance.now()
  await sid.context().close()
  await standing().filter({ hasText: /^nobody on duty is here now, you are \d/ }).waitFor({ timeout: 60_000 })
  await standing().getByRole('button', { name: 'Call Sam, 2041' }).waitFor()
  assert.deepEqual(await findings(ana), [])
  assert.deepEqual([await warnings(ada), await warnings(sam)], [[], []], 'somebody may just have closed a lid')

  await eventually(() => warnings(ada), ([warning]) => warning, 'the deputy being told', 180_000)
  const after = (performance.now() - went) / 1000
  assert.ok(after >= 120, `told after ${after} s`)
  await eventually(() => warnings(sam), ([warning]) => warning, 'the owner being told')
  for (const page of [ada, sam]) {
    await page.getByRole('status').filter({ hasText: EMPTY }).waitFor()
    assert.deepEqual(await findings(page), [])
  }
  await becomes(() => ana.getByText(EMPTY).count(), 0, 'it is not Ana who answers for the desk')
  // Nor has the question been forgotten over it.
  await ana.getByRole('alert').filter({ hasText: 'Sam' }).waitFor()
})

test('he is back, on another machine: it is over, and nobody was told twice', async () => {
  const back = await team.signInWithPasswordLink(ada, 'Sid')
  await standing().filter({ hasText: /^1 on duty/ }).waitFor({ timeout: 60_000 })
  for (const page of [ada, sam]) {
    await page.getByText(EMPTY).waitFor({ state: 'detached' })
    assert.deepEqual(await warnings(page), [{ title: EMPTY, stays: true, silent: true, open: false }])
  }
  await row(back, WORDS).click()
  await back.getByRole('button', { name: /^Take/ }).first().click()
  await standing().waitFor({ state: 'detached' })
  assert.deepEqual(team.errors, [])
})
