/** Boxes over what nobody may see: drawn by pointer or by keys, and handed over in pixels of the screen. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const given = (page: Awaited<ReturnType<typeof open>>) => page.evaluate(() => (window as unknown as { masks?: unknown }).masks)

test('a box is drawn with the pointer and covers at least what was drawn', async () => {
  const page = await open(browser, '/masks?as=ana', { width: 1280, height: 720 })
  await page.getByRole('heading').waitFor()
  await page.mouse.move(100, 80)
  await page.mouse.down()
  await page.mouse.move(300, 140, { steps: 4 })
  await page.mouse.up()
  await page.getByRole('button', { name: /^Box 1/ }).waitFor()
  await page.getByRole('button', { name: /Go on recording/ }).click()
  // The window is 1280 wide for a screen of 1920.
  await expect.poll(() => given(page)).toEqual([{ x: 150, y: 120, width: 301, height: 91 }])
  await page.context().close()
})

test('by keys alone: a new box, moved, sized, another one removed, and Enter goes on', async () => {
  const page = await open(browser, '/masks?as=ana&state=boxes', { width: 1280, height: 720 })
  await page.getByRole('heading').waitFor()
  await page.getByRole('button', { name: 'New box' }).press('Enter')
  const box = page.getByRole('button', { name: /^Box 3/ })
  await box.focus()
  await box.press('ArrowRight')
  await box.press('Shift+ArrowDown')
  await page.getByRole('button', { name: /^Box 1/ }).first().press('Delete')
  await page.getByRole('button', { name: /Go on recording/ }).press('Enter')
  await expect.poll(() => given(page)).toEqual([
    { x: 1280, y: 180, width: 300, height: 60 },
    { x: 776, y: 432, width: 384, height: 116 },
  ])
  await page.context().close()
})

test('keys go on after a click beside the boxes, and the focus is on the next box when one was removed', async () => {
  const page = await open(browser, '/masks?as=ana&state=boxes', { width: 1280, height: 720 })
  await page.getByRole('heading').waitFor()
  const box = (n: number) => page.getByRole('button', { name: new RegExp(`^Box ${n}`) })
  const isFocused = (element: ReturnType<typeof box>) => expect.poll(() => element.evaluate((one) => one === document.activeElement)).toBe(true)
  await box(1).focus()
  await page.mouse.click(20, 20)
  await page.keyboard.press('Delete')
  await isFocused(box(1))
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Delete')
  await isFocused(page.getByRole('button', { name: 'New box' }))
  await page.mouse.click(20, 20)
  await page.keyboard.press('Enter')
  await expect.poll(() => given(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect.poll(() => given(page)).toBeUndefined()
  await page.context().close()
})
