/** "Blocked by": from the helper's menu to the asker's page, and gone when the cause is solved. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, findings, row, settled, Team, thread } from './support/team.mjs'
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

const cause = 'No port-out is booked since this morning'
const held = 'When is the number of my customer ported?'

test('Sam says what it waits for; Ana reads it on her page and on that of the cause', async () => {
  await ask(ana, cause)
  await ask(ana, held)
  await row(sam, held).click()
  await sam.getByRole('button', { name: 'Take', exact: true }).click()
  await sam.getByRole('main').getByRole('button', { name: 'More' }).first().click()
  await sam.getByRole('menuitem', { name: 'Blocked by another request' }).click()
  await sam.getByRole('dialog').getByRole('textbox').fill('port-out booked')
  await sam.getByRole('dialog').getByRole('radio').check({ force: true })
  await sam.getByRole('button', { name: 'Blocked by it' }).click()
  await sam.getByRole('dialog').waitFor({ state: 'detached' })
  await row(ana, held).click()
  await ana.getByRole('status').filter({ hasText: 'Blocked by' }).getByRole('link', { name: cause }).click()
  await ana.getByText('1 request waits for this').waitFor()
  assert.deepEqual(await findings(ana), [])
})

test('when Ana says that the cause is solved, Sam reads that it can go on', async () => {
  await ana.keyboard.press('s')
  await sam.getByText('What this waited for is over. It can go on.').waitFor()
  await thread(sam).getByText(`"${cause}" is solved: it holds nothing up any more`).waitFor()
  await becomes(() => sam.getByRole('status').filter({ hasText: 'Blocked by' }).count(), 0, 'nothing holds it up')
  await sam.goto(`${team.server.address}/board`)
  await settled(sam)
  await sam.getByRole('region', { name: 'taken' }).getByText(held).waitFor()
  assert.deepEqual(team.errors, [])
})
