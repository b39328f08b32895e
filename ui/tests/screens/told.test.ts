/** What the app's overlay shows of itself: an answer, the wish for a clip, and the keys of the question. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refund } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('"Record now" puts the card away and opens the recorder for that request; "Later" only the first', async () => {
  for (const [button, picked] of [['Record now', refund.id], ['Later', null]] as const) {
    const page = await open(browser, '/overlay?as=ana&state=clip')
    await page.getByRole('region', { name: 'Sam asks for a clip' }).waitFor()
    await page.getByRole('button', { name: button }).press('Enter')
    await page.locator('body[data-hidden=true]').waitFor()
    await expect.poll(() => page.locator('body').getAttribute('data-picking')).toBe(picked)
    await page.context().close()
  }
})

test('who asked says "Solved" on the card; who only waits for the same can reply', async () => {
  const asker = await open(browser, '/overlay?as=chi&state=answer', { width: 640, height: 200 })
  await asker.getByRole('region', { name: /answered$/ }).getByRole('button', { name: 'Solved' }).click()
  await asker.locator('body[data-hidden=true]').waitFor()
  await asker.context().close()
  const other = await open(browser, '/overlay?as=ben&state=answer', { width: 640, height: 200 })
  await other.getByRole('region', { name: /answered$/ }).getByRole('button', { name: 'Reply' }).waitFor()
  await expect.poll(() => other.getByRole('button', { name: 'Solved' }).count()).toBe(0)
  await other.context().close()
})

test('a question back is named as one and goes with its request', async () => {
  const page = await open(browser, '/overlay?as=ben&state=back', { width: 640, height: 200 })
  await page.getByRole('region', { name: 'Sam asks back' }).waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Solved' }).count()).toBe(0)
  // Replied to in the main window.
  await page.evaluate(() => window.dispatchEvent(new Event('replied')))
  await page.locator('body[data-hidden=true]').waitFor()
  await page.context().close()
})

test('Esc puts the overlay away wherever a click has left the keyboard', async () => {
  const page = await open(browser, '/overlay?as=ana', { width: 640, height: 420 })
  await page.getByRole('textbox', { name: 'Your question' }).waitFor()
  await page.mouse.click(320, 400)
  await page.keyboard.press('Escape')
  await page.locator('body[data-hidden=true]').waitFor()
  await page.context().close()
})

test('an earlier question that is opened takes the keyboard, and Esc gives it back to the words', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('refund')
  await page.getByRole('list', { name: 'Already asked or answered' }).getByRole('button').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  const back = page.getByRole('article').getByRole('button', { name: 'Back' })
  await expect.poll(() => back.evaluate((one) => one === document.activeElement)).toBe(true)
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('textbox', { name: 'Your question' }).evaluate((one) => one === document.activeElement)).toBe(true)
  await page.getByRole('dialog').waitFor()
  await page.context().close()
})
