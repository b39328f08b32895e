/** Pictures chosen for what is being written: each stays with what it was chosen for, and none is lost on the way. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ivr, refund } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const composer = (page: Page) => page.getByRole('region', { name: 'Write' })
const chips = (page: Page) => composer(page).getByRole('button', { name: /^Remove / })

/** Pastes a picture, with the words that came with it. */
async function paste(page: Page, into: string, words = ''): Promise<void> {
  await page.locator(into).evaluate(async (field, words) => {
    const canvas = new OffscreenCanvas(40, 30)
    canvas.getContext('2d')?.fillRect(0, 0, 20, 30)
    const data = new DataTransfer()
    data.items.add(new File([await canvas.convertToBlob({ type: 'image/png' })], 'image.png', { type: 'image/png' }))
    if (words) data.setData('text/plain', words)
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    // The browser itself only writes what nobody took.
    if (field.dispatchEvent(event) && words) document.execCommand('insertText', false, words)
  }, words)
}

test('a screenshot for a new question is not in the reply that is being written under it', async () => {
  const page = await open(browser, `/r/${refund.id}?as=ana&be=desktop`)
  await page.locator('#composer').fill('She says')
  await page.getByRole('heading').first().click()
  await page.keyboard.press('a')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Screenshot' }).click()
  await dialog.getByRole('button', { name: 'Remove screenshot.png' }).waitFor()
  await dialog.getByRole('textbox', { name: 'Your question' }).press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => chips(page).count()).toBe(0)

  await composer(page).getByRole('button', { name: 'Take a screenshot' }).click()
  await expect.poll(() => chips(page).count()).toBe(1)
  await page.context().close()
})

test('sent while a picture is being looked at, it leaves by itself, also when its writer has gone on', async () => {
  const page = await open(browser, `/r/${refund.id}?as=sam&be=desktop&state=looking`)
  await page.locator('#composer').fill('Look at the third line')
  await paste(page, '#composer')
  await page.getByText('Looking for card numbers in the picture.', { exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('then it is sent').waitFor()
  await page.locator(`#row-${ivr.id}`).click()
  await page.getByRole('heading', { name: /IVR/ }).first().waitFor()
  await page.evaluate(() => window.dispatchEvent(new Event('looked')))
  await page.locator(`#row-${refund.id}`).click()
  await page.getByRole('main').getByText('Look at the third line').waitFor()
  await expect.poll(() => page.locator('#composer').inputValue()).toBe('')
  await expect.poll(() => chips(page).count()).toBe(0)
  await page.context().close()
})

test('what was chosen is there again when one comes back to its thread', async () => {
  const page = await open(browser, `/r/${refund.id}?as=sam`)
  await page.locator('#composer').focus()
  await paste(page, '#composer')
  await expect.poll(() => chips(page).count()).toBe(1)
  await page.locator(`#row-${ivr.id}`).click()
  await page.getByRole('heading', { name: /IVR/ }).first().waitFor()
  await expect.poll(() => chips(page).count()).toBe(0)
  await page.locator(`#row-${refund.id}`).click()
  await expect.poll(() => chips(page).count()).toBe(1)
  await page.context().close()
})

test('the pencil keeps the picture: put away it stays, marked it takes the same place; where nothing can be marked there is none', async () => {
  const page = await open(browser, `/r/${refund.id}?as=sam`)
  await page.locator('#composer').focus()
  await paste(page, '#composer')
  const pencil = composer(page).getByRole('button', { name: 'Mark or redact' })
  for (const key of ['Escape', 'Enter']) {
    await pencil.click()
    await page.getByRole('application').waitFor()
    await page.keyboard.press(key)
    await page.getByRole('application').waitFor({ state: 'detached' })
    await expect.poll(() => chips(page).count()).toBe(1)
  }
  await page.context().close()

  const overlay = await open(browser, '/overlay?as=ana', { width: 640, height: 420 })
  await overlay.getByRole('button', { name: 'Screenshot' }).click()
  await overlay.getByRole('button', { name: 'Remove screenshot.png' }).waitFor()
  await expect.poll(() => overlay.getByRole('button', { name: 'Mark or redact' }).count()).toBe(0)
  await overlay.context().close()
})

test('cells of a spreadsheet are pasted as words', async () => {
  const page = await open(browser, `/r/${refund.id}?as=sam`)
  await page.locator('#composer').focus()
  await paste(page, '#composer', '4711\t19.90')
  await expect.poll(() => page.locator('#composer').inputValue()).toContain('4711')
  await expect.poll(() => chips(page).count()).toBe(0)
  await page.context().close()
})
