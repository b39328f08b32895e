/** Where to ask: made of the desks as they are now, with a version, and printed without anything around it. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings, settled, Team } from './support/team.mjs'
import { becomes } from './support/waiting.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

test('what Sam changes at the desk stands on the page that Ana has open, with a new version', async () => {
  await ana.keyboard.press('w')
  await ana.getByRole('heading', { name: 'Where to ask' }).waitFor()
  await ana.getByRole('heading', { name: 'Phones help' }).waitFor()
  assert.deepEqual(await findings(ana), [])
  await sam.goto(`${team.server.address}/settings/desks`)
  await settled(sam)
  await sam.getByRole('link', { name: /Phones help/ }).click()
  await sam.getByRole('textbox', { name: 'What we need from you' }).fill('The tariff as it stands in the contract')
  await sam.getByRole('button', { name: 'Save' }).click()
  await sam.getByText('Saved', { exact: true }).waitFor()
  await ana.getByRole('listitem').filter({ hasText: 'The tariff as it stands in the contract' }).waitFor()
  const today = await ana.evaluate(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'Europe/Berlin' }).format(Date.now()))
  await becomes(async () => (await ana.locator('main header').first().textContent()).includes(`Version of ${today}`), true, 'the version is of today')
})

test('the paper holds the page and nothing else', async () => {
  await ana.emulateMedia({ media: 'print' })
  await becomes(() => ana.getByRole('navigation').count(), 0, 'the rail is not printed')
  await becomes(() => ana.getByRole('button').count(), 0, 'no button is printed')
  await ana.getByText(/printed \d/).waitFor()
  const pdf = await ana.pdf({ format: 'A4' })
  assert.ok(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 5_000, 'there is a page')
  await ana.emulateMedia({ media: 'screen' })
  await ana.getByRole('navigation', { name: 'Deskside' }).waitFor()
  assert.deepEqual(team.errors, [])
})
