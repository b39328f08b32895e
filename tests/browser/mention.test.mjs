/**
 * Whom does this disturb: a colleague who is mentioned is told where they look, everybody only with a reason, and whoever
 * may not ask at a desk is sent on with their words. What is written without a network tells whom it names when it arrives.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, command, findings, row, settled, Team, thread } from './support/team.mjs'
import { becomes, eventually } from './support/waiting.mjs'

const WORDS = 'May I waive the fee for a number change?'
let team
let ana
let sam
let ada
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
  ada = await team.signIn('Ada')
})
after(() => team?.goHome())

/** The rows as somebody's page would fetch them. */
const rows = (page) => page.evaluate(async () => (await (await fetch('/api/v1/snapshot')).json()).entities)
const deskNamed = async (page, name) => (await rows(page)).find((one) => one.entity === 'desk' && one.name === name)

/** Three more colleagues by one link, so that everybody is more than twelve. */
async function grow() {
  await ada.evaluate(async () => {
    const secret = 'a-secret-that-is-long-enough-for-a-link-0001'
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
    const secret_hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    const id = () => {
      const time = Date.now().toString(16).padStart(12, '0')
      const rest = crypto.randomUUID()
      return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(15, 18)}${rest.slice(18)}`
    }
    const post = async (path, body, headers = {}) => {
      const answer = await fetch(path, { method: 'POST', credentials: path.endsWith('/join') ? 'omit' : 'same-origin', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    }
    await post('/api/v1/commands/make_invite', { invite: id(), secret_hash, role: 'agent', label: '', uses: 3, days: 1 }, { 'idempotency-key': crypto.randomUUID() })
    for (const name of ['Hal', 'Ida', 'Jon']) await post('/api/v1/join', { secret, name, email: `${name.toLowerCase()}@numbra.example`, password: 'a long enough password' })
  })
  const { id: desk, name, purpose, owner, audience, hours, zone } = await deskNamed(ada, 'Phones help')
  await command(ada, 'edit_desk', { desk, name, purpose, owner, audience, hours, zone, helpers: { kind: 'everyone' } })
}

test('a name after @ tells that colleague; it is marked in the thread and in their inbox until they answer', async () => {
  await ask(ana, WORDS)
  await ana.locator('#composer').waitFor()
  await ana.locator('#composer').focus()
  await ana.keyboard.type('@sa')
  await ana.getByRole('listbox', { name: 'Whom to mention' }).getByRole('option', { name: /^Sam/ }).waitFor()
  await ana.keyboard.press('Tab')
  await ana.keyboard.type('do you know?')
  await ana.getByText(/^Tells Sam\./).waitFor()
  assert.deepEqual(await findings(ana), [])
  await ana.keyboard.press('Enter')
  await thread(ana).getByText('@Sam', { exact: true }).waitFor()
  await row(sam, WORDS).getByLabel('mentions you').waitFor()
  await row(sam, WORDS).click()
  await thread(sam).getByText('@Sam', { exact: true }).waitFor()
  await sam.locator('#composer').fill('Yes, once a year.')
  await sam.locator('#composer').press('Enter')
  await eventually(() => row(sam, WORDS).getByLabel('mentions you').count(), (count) => count === 0, 'the mark to go once he has answered')
})

test('@all to fourteen is not sent without a reason, and everybody reads it', async () => {
  await grow()
  await ana.locator('#composer').fill('@all do not waive fees today')
  await ana.getByText('@all tells 14 people.').waitFor()
  await ana.locator('#composer').press('Enter')
  const reason = ana.getByRole('textbox', { name: 'Why do so many have to know?' })
  await becomes(() => reason.evaluate((field) => field === document.activeElement), true, 'the keyboard in the reason')
  assert.deepEqual(await findings(ana), [])
  await reason.fill('The tariff system books them twice')
  await reason.press('Enter')
  for (const page of [ana, sam]) await thread(page).getByText('told 14 people: The tariff system books them twice').waitFor()
  const written = (await rows(sam)).find((one) => one.entity === 'message' && one.mentions.told === 14)
  assert.equal(written.mentions.reason, 'The tariff system books them twice', 'the meter\'s number is that of those who are told')
})

test('what was written offline tells whom it names when it arrives, with its reason', async () => {
  await team.server.kill()
  await ana.getByText(/^Offline/).waitFor()
  await ana.locator('#composer').fill('@all it works again')
  const reason = ana.getByRole('textbox', { name: 'Why do so many have to know?' })
  await reason.fill('Fees may be waived once more')
  await reason.press('Enter')
  await thread(ana).getByText('saved here, not sent yet').waitFor()
  await team.server.up()
  await thread(sam).getByText('told 14 people: Fees may be waived once more').waitFor({ timeout: 30_000 })
  await becomes(() => thread(sam).getByText('it works again').count(), 1)
})

test('a desk that takes no questions from agents says so before sending, and one key leads on', async () => {
  const phones = await deskNamed(ada, 'Phones help')
  const billing = await deskNamed(ada, 'Billing')
  await command(ada, 'arrange_desk', { desk: billing.id, service: { ...billing.service, escalation: phones.id, posting: { agents: 'never', leads: 'always', admins: 'always' } } })
  await ana.keyboard.press('Escape')
  await ana.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  await ana.getByRole('dialog').waitFor()
  await ana.keyboard.type('Which invoice is right?')
  await ana.locator('[data-ask-desk] button').click()
  await ana.getByRole('option', { name: /^Billing/ }).click()
  await ana.getByText('Billing takes no questions from your role. Your words stay here.').waitFor()
  const words = ana.getByRole('textbox', { name: 'Your question' })
  await words.press('Enter')
  await ana.getByRole('alert').getByText('Billing takes no questions').waitFor()
  await words.press('Control+Enter')
  await ana.getByText('Billing takes no questions').waitFor({ state: 'detached' })
  await words.press('Enter')
  await ana.getByRole('dialog').waitFor({ state: 'detached' })
  await row(sam, 'Which invoice is right?').waitFor()
  assert.equal((await rows(sam)).find((one) => one.entity === 'request' && one.text === 'Which invoice is right?').desk, phones.id)
})

test('nothing broke on the way', async () => {
  await settled(ana)
  assert.deepEqual(team.errors, [])
})
