/** What admins, owners and everyone do in the settings, as far as the demo host can show it. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { billing, sam } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('a team link is made, shown once, and can be taken back, all by keys', async () => {
  const page = await open(browser, '/settings/people?as=ada')
  await page.getByRole('button', { name: 'Invite people' }).press('Enter')
  await page.getByRole('button', { name: 'Make link' }).press('Enter')
  const field = page.getByRole('textbox', { name: 'Link to join by' })
  await field.waitFor()
  await expect.poll(() => field.inputValue()).toMatch(/^https:\/\/desk\.numbra\.example\/join#[A-Za-z0-9_-]{43}$/)
  await page.getByRole('button', { name: 'Copy' }).press('Enter')
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(await field.inputValue())
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const rows = page.getByRole('button', { name: /^Take back: / })
  await expect.poll(() => rows.count()).toBe(3)
  await rows.nth(1).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).press('Enter')
  await expect.poll(() => rows.count()).toBe(2)
  await page.context().close()
})

test('an invitation for one person needs a name to know it by', async () => {
  const page = await open(browser, '/settings/people?as=ada')
  await page.getByRole('button', { name: 'Invite people' }).click()
  await page.getByText('One person').click()
  await page.getByRole('button', { name: 'Make link' }).click()
  await page.getByText('Say for whom it is').waitFor()
  await page.getByRole('textbox', { name: 'For whom' }).fill('Noa')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'The link is ready' }).waitFor()
  await page.context().close()
})

test('what deactivating does is said before it is done, and it can be undone', async () => {
  const page = await open(browser, '/settings/people?as=ada')
  await page.getByRole('button', { name: `Manage ${sam.name}` }).click()
  await page.getByRole('menuitem', { name: /^Deactivate/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expect.poll(() => dialog.innerText()).toContain('open requests go back to the desk')
  await expect.poll(() => dialog.innerText()).toContain('Phones help goes to you.')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Cancel')
  await dialog.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText(`${sam.name} is deactivated`).waitFor()
  await page.getByRole('button', { name: `Manage ${sam.name}` }).click()
  await page.getByRole('menuitem', { name: 'Reactivate' }).click()
  await page.getByText(`${sam.name} can sign in again`).waitFor()
  await page.context().close()
})

test('hours are typed as people type them, and what is wrong is said beside it', async () => {
  const page = await open(browser, `/settings/desks/${billing.id}?as=ada`)
  const from = page.getByRole('textbox', { name: 'Monday, stretch 1, from' })
  await from.fill('7:3')
  await page.keyboard.press('Tab')
  await page.getByText('Like 8:00 or 17:30').waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await from.fill('7')
  await page.keyboard.press('Tab')
  await expect.poll(() => from.inputValue()).toBe('07:00')
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await expect.poll(() => page.getByRole('textbox', { name: 'Monday, stretch 1, from' }).inputValue()).toBe('07:00')
  await page.getByRole('link', { name: 'All desks' }).click()
  await page.getByText('Mon 07:00–12:00').waitFor()
  await page.context().close()
})

test('a lead opens a desk; an agent can only read one', async () => {
  const page = await open(browser, '/settings/desks?as=sam')
  await page.getByRole('button', { name: 'Open a desk' }).press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
  await page.keyboard.type('Port-in')
  await page.getByRole('button', { name: 'Open a desk' }).press('Enter')
  await page.getByText('Port-in is open').waitFor()
  await page.getByRole('heading', { level: 1, name: 'Port-in' }).waitFor()
  await page.context().close()
  const agent = await open(browser, `/settings/desks/${billing.id}?as=ana`)
  await agent.getByText('Only its owner, Sid Moreau, and admins change this desk.').waitFor()
  await expect.poll(() => agent.getByRole('button', { name: 'Save' }).count()).toBe(0)
  await agent.context().close()
})

test('a call provider shows what would open, and never an address that is not https', async () => {
  const page = await open(browser, '/settings/calls?as=ada')
  await page.getByText('An address with placeholders').click()
  const address = page.getByRole('textbox', { name: 'Address' })
  await address.fill('javascript:alert(1)//{room}')
  await page.keyboard.press('Tab')
  await page.getByText('Addresses like javascript: or file: are never opened.').waitFor()
  await expect.poll(() => page.getByText('What opens when somebody calls').count()).toBe(0)
  await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await address.fill('https://meet.numbra.example/?name=')
  await page.getByRole('button', { name: '{agent_name}' }).press('Enter')
  await page.getByText('https://meet.numbra.example/?name=Ana%20Lindqvist').waitFor()
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.context().close()
})

test('a session that one does not know is ended', async () => {
  const page = await open(browser, '/settings/devices?as=ana')
  await page.getByRole('button', { name: 'End: Chrome on Android' }).press('Enter')
  await expect.poll(() => page.getByText('Chrome on Android').count()).toBe(0)
  await page.context().close()
})

test('every page has one first heading, and going to a page begins at its top', async () => {
  const page = await open(browser, '/settings?as=ada')
  for (const name of ['Devices', 'People and invitations', 'Desks', 'Calls', 'Tickets', 'Privacy rules', 'What Deskside keeps', 'Profile']) {
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name, exact: true }).press('Enter')
    await expect.poll(() => page.getByRole('heading', { level: 1 }).count()).toBe(1)
    await expect.poll(() => page.getByRole('main').evaluate((main) => main.scrollTop)).toBe(0)
  }
  await page.context().close()
})
