/** Choosing what is recorded: on the display that the picker lies over, by pointer and by keys alone. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** The window is half as wide as the second display has pixels. */
async function pick(): Promise<Page> {
  const page = await open(browser, '/pick?as=ana&state=second')
  await page.getByRole('button', { name: /^Record/ }).waitFor()
  return page
}
const begun = (page: Page) => page.locator('body').getAttribute('data-area')

test('an area dragged on the second display is recorded there', async () => {
  const page = await pick()
  await page.mouse.move(100, 50)
  await page.mouse.down()
  await page.mouse.move(200, 120, { steps: 3 })
  await page.mouse.move(400, 250, { steps: 3 })
  await page.mouse.up()
  await page.getByText('600 × 400', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Record/ }).click()
  await expect.poll(() => begun(page)).toBe('600x400+2120+400')
  await page.context().close()
})

test('by keys alone: R draws one, arrow keys move it, with Shift they size it, Enter records it', async () => {
  const page = await pick()
  await page.keyboard.press('r')
  const where = page.locator('output.unseen')
  await expect.poll(() => where.innerText()).toBe('1280 by 800, at 2560, 700')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Control+ArrowDown')
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('Shift+ArrowUp')
  await expect.poll(() => where.innerText()).toBe('1264 by 784, at 2544, 701')
  // Nothing of it is lost on the way to the button.
  await page.keyboard.press('Enter')
  await expect.poll(() => begun(page)).toBe('1264x784+2544+701')
  await page.context().close()
})

test('keys go on after an area was dragged: arrows move it, Enter records it, and Esc ends it', async () => {
  const page = await pick()
  await page.mouse.move(100, 50)
  await page.mouse.down()
  await page.mouse.move(400, 250, { steps: 3 })
  await page.mouse.up()
  await page.getByText('600 × 400', { exact: true }).waitFor()
  await page.keyboard.press('Control+ArrowRight')
  await page.keyboard.press('Enter')
  await expect.poll(() => begun(page)).toBe('600x400+2121+400')
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('body').getAttribute('data-hidden')).toBe('true')
  await page.context().close()
})

test('the same from the list, and the microphone keeps its arrow keys', async () => {
  const page = await pick()
  await page.getByRole('button', { name: /^An area/ }).focus()
  const where = page.locator('output.unseen')
  await expect.poll(() => where.innerText()).toBe('1280 by 800, at 2560, 700')
  await page.getByRole('button', { name: /Microphone/ }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await expect.poll(() => where.innerText()).toBe('1280 by 800, at 2560, 700')
  await page.context().close()
})
