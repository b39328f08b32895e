/** Who is on duty, days that are special, and the end of a shift: from the owner's screen to the colleague's. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, command, findings, row, settled, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

let team
let ana
let sam
let sid
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
  const ada = await team.signIn('Ada')
  sid = await team.signInWithPasswordLink(ada, 'Sid')
})
after(() => team?.goHome())

test('Sam puts people on duty; the hours without anybody are said, to Sam, the day before', async () => {
  await sam.goto(`${team.server.address}/board`)
  await settled(sam)
  await sam.getByRole('button', { name: 'Who is on duty' }).click()
  await sam.getByText('There is no rota').waitFor()
  // Around the clock from Sid, but for one hour of every day: whichever day is tomorrow, it has this gap.
  await sam.getByRole('button', { name: 'Add somebody on Monday' }).click()
  await sam.getByRole('textbox', { name: 'Monday, 1, to' }).fill('6')
  await sam.getByRole('button', { name: 'Add somebody on Monday' }).click()
  await sam.getByRole('textbox', { name: 'Monday, 2, from' }).fill('7')
  await sam.getByRole('button', { name: 'Fill in' }).click()
  await sam.getByRole('menuitem', { name: 'Monday for the whole week' }).click()
  await sam.getByRole('button', { name: 'nobody 06:00–07:00 on Sunday: put somebody there' }).waitFor()
  assert.deepEqual(await findings(sam), [])
  await sam.getByRole('button', { name: 'Save' }).click()
  await sam.getByText(/^Tomorrow, 06:00–07:00, nobody is on duty at Phones help\.$/).waitFor()
  await sam.goto(team.server.address)
  await settled(sam)
  await sam.getByText(/^Tomorrow, 06:00–07:00, nobody is on duty/).waitFor()
  // Whoever does not answer for the desk is not bothered.
  await becomes(() => sid.getByText(/Tomorrow.*nobody is on duty/).count(), 0)
  await sam.getByRole('button', { name: 'Rota' }).click()
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) await sam.getByRole('button', { name: `nobody 06:00–07:00 on ${day}: put somebody there` }).click()
  await sam.getByRole('button', { name: 'Save' }).click()
  await sam.getByText(/nobody is on duty/).waitFor({ state: 'detached' })
})

test('a holiday is written down; what is impossible is said and not sent', async () => {
  await sam.goto(`${team.server.address}/settings/desks`)
  await settled(sam)
  await sam.getByRole('link', { name: /Phones help/ }).click()
  await sam.getByRole('button', { name: 'Add a special day' }).click()
  const save = sam.getByRole('button', { name: 'Save' })
  assert.ok(await save.isDisabled(), 'a day without a date could be saved')
  await sam.getByRole('textbox', { name: 'Special day 1, date' }).or(sam.getByLabel('Special day 1, date')).first().fill('2030-12-24')
  await sam.getByRole('textbox', { name: 'Special day 1, name' }).fill('Christmas Eve')
  await sam.getByRole('button', { name: 'Add hours on Christmas Eve' }).click()
  await sam.getByRole('textbox', { name: 'Christmas Eve, stretch 1, to' }).fill('12')
  await sam.getByRole('button', { name: 'Add hours on Christmas Eve' }).click()
  await sam.getByRole('textbox', { name: 'Christmas Eve, stretch 2, from' }).fill('11')
  await sam.getByText('Overlaps the stretch before').waitFor()
  assert.ok(await save.isDisabled(), 'overlapping hours could be saved')
  await sam.getByRole('textbox', { name: 'Christmas Eve, stretch 2, from' }).fill('13')
  await save.click()
  await sam.getByText('Saved', { exact: true }).waitFor()
  const kept = await sam.evaluate(async () => {
    const { entities } = await (await fetch('/api/v1/snapshot')).json()
    return entities.find((entity) => entity.entity === 'desk' && entity.name === 'Phones help').service.special_days
  })
  assert.deepEqual(kept, [{ date: { year: 2030, month: 12, day: 24 }, name: 'Christmas Eve', open: [{ from: 540, to: 720 }, { from: 780, to: 1020 }] }])
})

test('Sam hands over the shift in one screen; Sid takes all over; the askers read it once', async () => {
  for (const words of ['Which form for a lost SIM?', 'Who grants the discount?']) {
    await ask(ana, words)
    await row(sam, words).or(sam.getByRole('main')).first().waitFor()
  }
  await sam.goto(team.server.address)
  await settled(sam)
  for (const words of ['Which form for a lost SIM?', 'Who grants the discount?']) {
    await row(sam, words).click()
    await sam.getByRole('button', { name: 'Take', exact: true }).click()
    await thread(sam).getByText('You took it').waitFor()
  }
  await sam.goto(`${team.server.address}/shift`)
  await settled(sam)
  await sam.getByRole('button', { name: /^At Phones help, to/ }).or(sam.getByLabel('At Phones help, to')).first().click()
  await sam.getByRole('option', { name: /^Sid/ }).click()
  const notes = sam.getByRole('textbox', { name: /^What is needed next/ })
  const count = await notes.count()
  assert.ok(count >= 2, `${count} requests listed`)
  for (let i = 0; i < count; i += 1) await notes.nth(i).fill(`Next step ${i + 1}`)
  assert.deepEqual(await findings(sam), [])
  await sam.getByRole('button', { name: `Offer all ${count}` }).click()
  await eventually(() => sam.getByText('offered to Sid').count(), (shown) => shown === count, 'what is on offer')

  await sid.goto(`${team.server.address}/shift`)
  await settled(sid)
  await sid.getByText(/^Sam: Next step 1$/).waitFor()
  await sid.getByRole('button', { name: `Take over all ${count}` }).click()
  await sid.getByText(`${count} requests are yours now`).waitFor()
  await sam.getByText('You have nothing to hand over').waitFor()
  await row(ana, 'Who grants the discount?').click()
  await eventually(() => thread(ana).getByText(/Sid took it over from Sam/).count(), (told) => told === 1, 'what Ana was told')
})

test('Ana asks Sam alone while he is on a call: she reads until when, and the desk gets her words', async () => {
  const words = 'May the voucher be given twice?'
  await command(sam, 'set_status', { status: 'on_call', until: Date.now() + 35 * 60_000 })
  await ana.goto(`${team.server.address}/people`)
  await settled(ana)
  await ana.getByRole('button', { name: /^Ask privately: Sam/ }).click()
  await ana.getByRole('dialog').waitFor()
  await ana.keyboard.type(words)
  await ana.getByText(/^Sam is on a call until about .*\d\d:\d\d\. Nobody else would see this\.$/).waitFor()
  await ana.getByRole('button', { name: /^Ask .* instead$/ }).click()
  await becomes(() => ana.getByRole('textbox', { name: 'Your question' }).inputValue(), `@Sam ${words}`, 'the words moved along, and Sam is told of them')
  await ana.getByRole('textbox', { name: 'Your question' }).press('Enter')
  // Sid sees what would have been Sam's alone, and answers.
  await sid.goto(team.server.address)
  await row(sid, words).click()
  await sid.locator('#composer').fill('Once a year.')
  await sid.keyboard.press('Enter')
  await ana.goto(team.server.address)
  await row(ana, words).click()
  await thread(ana).getByText('Once a year.').waitFor()
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
