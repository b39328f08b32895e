/** What the computer plays in a clip: only where an admin said what for, chosen each time, and never without the reminder. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineering, phones } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('it is offered only where it is allowed, and whoever chooses it is told to say so, by keys alone', async () => {
  const elsewhere = await open(browser, '/pick?as=ana')
  await elsewhere.getByRole('button', { name: /^Record/ }).waitFor()
  expect(await elsewhere.getByRole('switch').count()).toBe(0)
  await elsewhere.context().close()

  const page = await open(browser, '/pick?as=ana&state=system')
  const choice = page.getByRole('switch', { name: 'The computer\'s sound too' })
  await choice.waitFor()
  await page.getByText('Allowed at this desk for: Dropouts on the new line').waitFor()
  expect(await page.getByRole('status').filter({ hasText: 'Say that you record' }).count()).toBe(0)
  await choice.press('Space')
  await page.getByRole('status').filter({ hasText: 'Say that you record' }).waitFor()
  await choice.press('Enter')
  await expect.poll(() => page.locator('body').getAttribute('data-system-sound')).toBe('true')
  await page.context().close()
})

test('while it records the bar says so, and switches it off and on again', async () => {
  const page = await open(browser, '/recorder?as=ana&state=system', { width: 680, height: 44 })
  const reminder = page.getByRole('status').filter({ hasText: 'Say that you record' })
  await reminder.waitFor()
  // All of it: the bar is as wide as its window.
  expect(await page.getByRole('region', { name: 'Recorder' }).evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0)
  await page.getByRole('meter', { name: 'Level of the computer\'s sound' }).waitFor()
  await page.getByRole('button', { name: 'Switch the computer\'s sound off' }).press('Enter')
  await page.getByText('without the computer\'s sound').waitFor()
  await reminder.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Switch the computer\'s sound on again' }).press('Enter')
  await reminder.waitFor()
  await page.context().close()

  const gone = await open(browser, '/recorder?as=ana&state=system-gone', { width: 680, height: 44 })
  await gone.getByRole('status').filter({ hasText: 'computer\'s sound failed' }).waitFor()
  await gone.getByRole('button', { name: 'Mute the microphone' }).waitFor()
  await gone.context().close()
})

test('an admin allows it and says what for; the owner can only end it', async () => {
  const page = await open(browser, `/settings/desks/${phones.id}?as=ada`)
  await page.getByRole('button', { name: 'Allow it' }).press('Enter')
  const reason = page.getByRole('textbox', { name: 'What is it needed for?' })
  await expect.poll(() => reason.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: 'Allow it' }).press('Enter')
  await page.getByText('Write what it is needed for.').waitFor()
  await reason.fill('Ring tones that are missing')
  await page.getByRole('button', { name: 'Allow it' }).press('Enter')
  await page.getByText(/Allowed by Ada Brandt, .*, for: Ring tones that are missing/).waitFor()
  await page.getByRole('button', { name: 'Forbid it' }).press('Enter')
  await page.getByText('Clips for this desk hold the microphone only').waitFor()
  await page.context().close()

  const owner = await open(browser, `/settings/desks/${engineering.id}?as=eli`)
  await owner.getByText('Dropouts on the new line can only be heard, not seen').first().waitFor()
  expect(await owner.getByRole('button', { name: 'Write another reason' }).count()).toBe(0)
  await owner.getByRole('button', { name: 'Forbid it' }).click()
  await owner.getByText('Only an admin can allow it.').waitFor()
  await owner.context().close()
})
