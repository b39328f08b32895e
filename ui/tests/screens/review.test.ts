/** A clip that has to be watched before it leaves: what can be done with it before, and when it can be sent. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refund } from '../../src/host/fake/numbra'
import { expectAccessible, launch, open } from './browser'
import { chooseDesk } from './desk'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const review = (page: Page) => page.getByRole('figure', { name: 'Your clip, not sent yet' })
const send = (page: Page) => review(page).getByRole('button', { name: 'Send' })

/** Plays at twice the speed until all was watched. */
async function watch(page: Page): Promise<void> {
  await review(page).getByRole('button', { name: /^Speed/ }).click()
  await page.getByRole('menuitemradio', { name: '2×' }).or(page.getByRole('menuitem', { name: '2×' })).click()
  await review(page).getByRole('button', { name: /^Play/ }).press('Enter')
  await review(page).getByText('You have watched all of it.').waitFor({ timeout: 30_000 })
}

test('it is sent only when all of it was watched; a jump to the end is not watching', async () => {
  const page = await open(browser, `/r/${refund.id}?as=ana&be=review,desktop`)
  await expect.poll(() => send(page).isDisabled()).toBe(true)
  const slider = review(page).getByRole('slider', { name: 'Position in the clip' })
  await expect.poll(() => slider.isDisabled(), { timeout: 10_000 }).toBe(false)
  await slider.press('End')
  await expect.poll(() => send(page).isDisabled()).toBe(true)
  await slider.press('Home')
  await watch(page)
  await expect.poll(() => send(page).isDisabled()).toBe(false)
  await expectAccessible(page)
  await send(page).press('Enter')
  await review(page).waitFor({ state: 'detached' })
  await page.context().close()
}, 60_000)

test('it waits wherever one is, and can be cut or thrown away unwatched', async () => {
  const page = await open(browser, '/?as=ana&be=review,desktop')
  await page.getByText('A clip of yours waits').waitFor()
  await page.getByRole('button', { name: 'Watch it' }).press('Enter')
  await review(page).waitFor()
  await expect.poll(() => page.getByText('A clip of yours waits').count()).toBe(0)
  await review(page).getByRole('button', { name: 'Cut this clip' }).click()
  const trim = page.getByRole('region', { name: 'What stays of the clip' })
  await trim.getByRole('slider', { name: 'It ends here' }).press('ArrowLeft')
  await trim.getByRole('button', { name: 'Cut', exact: true }).click()
  await trim.getByRole('button', { name: 'Erase the rest for good' }).click()
  await trim.waitFor({ state: 'detached' })
  await review(page).getByRole('button', { name: 'Discard' }).press('Enter')
  await review(page).getByRole('button', { name: /Throw away/ }).press('Enter')
  await review(page).waitFor({ state: 'detached' })
  await page.context().close()
})

test('a question goes to a desk that demands it once its clip was watched, to others as it is', async () => {
  const page = await open(browser, '/?as=ana&be=review-ask')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('What do I press here?')
  await expect.poll(() => review(page).count()).toBe(0)
  await chooseDesk(page, 'Tools and access')
  await review(page).waitFor()
  await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await page.getByRole('dialog').getByRole('alert').getByText('This desk wants you to watch the clip').waitFor()
  // Where it has to be done is where the keys are.
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('figure') !== null)).toBe(true)
  await expectAccessible(page)
  await watch(page)
  await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await page.getByRole('heading', { name: 'What do I press here?' }).waitFor()
  await page.context().close()
}, 60_000)
