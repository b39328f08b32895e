/** A team link from the admin's screen to a newcomer's inbox, and the end of it all: deactivation. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, row, settled, Team } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

let team
let ada
let noa
let link
before(async () => {
  team = await Team.gather()
  ada = await team.signIn('Ada')
})
after(() => team?.goHome())

test('Ada makes a team link and copies it; the server never learns its secret', async () => {
  const sent = []
  ada.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
  await ada.goto(`${team.server.address}/settings/people`)
  await ada.getByRole('button', { name: 'Invite people' }).click()
  await ada.getByRole('button', { name: 'Make link' }).click()
  const field = ada.getByRole('textbox', { name: 'Link to join by' })
  await field.waitFor()
  link = await field.inputValue()
  assert.ok(link.startsWith(`${team.server.address}/join#`), link)
  const secret = link.split('#')[1]
  assert.ok(!sent.some((request) => request.includes(secret)), 'the secret was sent')
  await ada.keyboard.press('Escape')
})

test('Noa joins by it in another browser, and Ada sees it', async () => {
  noa = await team.stranger('Noa')
  await noa.goto(link)
  await noa.getByRole('heading', { name: 'Join Numbra' }).waitFor()
  await noa.getByLabel('Your name').fill('Noa')
  await noa.getByLabel('E-mail address').fill('noa@numbra.example')
  await noa.getByLabel('Password').fill('a long enough password')
  await noa.keyboard.press('Enter')
  await settled(noa)
  await eventually(() => new URL(noa.url()).pathname, (path) => path !== '/join', 'where Noa is')
  await noa.goto(team.server.address)
  await settled(noa)
  await ada.getByRole('button', { name: 'Manage Noa' }).waitFor()
  await ask(noa, 'Where do I find the tariff sheet?')
  await row(noa, 'Where do I find').waitFor()
})

test('a link that was taken back lets nobody in', async () => {
  await ada.getByRole('button', { name: 'Take back: Team link' }).first().click()
  await ada.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
  await ada.getByText('No open invitations').waitFor()
  const late = await team.stranger('Late')
  await late.goto(link)
  await late.getByText('This invitation can\'t be used any more').waitFor()
})

test('deactivated, Noa is signed out at once, on the open page', async () => {
  await ada.getByRole('button', { name: 'Manage Noa' }).click()
  await ada.getByRole('menuitem', { name: /^Deactivate/ }).click()
  await ada.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await noa.getByRole('button', { name: 'Sign in' }).waitFor()
  const status = await noa.evaluate(async () => (await fetch('/api/v1/snapshot')).status)
  assert.equal(status, 401)
})

test('a session is ended from another device', async () => {
  const elsewhere = await team.signIn('Ada')
  await ada.goto(`${team.server.address}/settings/devices`)
  await ada.getByText('this one').waitFor()
  await ada.getByRole('button', { name: /^End: / }).first().click()
  await elsewhere.getByRole('button', { name: 'Sign in' }).waitFor()
  await ada.getByText('You are signed in only here.').waitFor()
})

test('"What Deskside keeps" lists what the server keeps, field by field', async () => {
  await ada.goto(`${team.server.address}/settings/kept`)
  await ada.getByRole('rowheader', { name: 'secret_hash' }).first().waitFor()
  const listed = await ada.getByRole('rowheader').count()
  const kept = await ada.evaluate(async () => (await (await fetch('/api/v1/kept')).json()).length)
  assert.equal(listed, kept)
  assert.ok(kept > 50, `only ${kept} fields`)
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
