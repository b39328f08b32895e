/** Cutting a clip in the player: by keys, with a gap in the middle, and nothing goes before it was said twice. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refund } from '../../src/host/fake/numbra'
import { expectAccessible, launch, open, shoot } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const folder = process.env['SCREENS_DIR']

test('both ends and the middle are cut by keys; it is said what goes, and asked before it goes', async () => {
  const page = await open(browser, `/r/${refund.id}?as=ana`, { width: 1280, height: 800 })
  const clip = page.getByRole('figure', { name: /Clip by/ })
  await clip.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Cut this clip' }).click()
  const trim = page.getByRole('region', { name: 'What stays of the clip' })
  // The places where a part can begin are read from the clip's index.
  const [begins, ends] = [trim.getByRole('slider', { name: 'It begins here' }), trim.getByRole('slider', { name: 'It ends here' })]
  await expect.poll(async () => {
    await begins.press('ArrowRight')
    return Number(await begins.inputValue())
  }, { timeout: 10_000 }).toBeGreaterThan(1)
  const from = Number(await begins.inputValue())
  const to = Number(await ends.inputValue())
  await ends.press('ArrowLeft')
  expect(Number(await ends.inputValue())).toBeCloseTo(to - 0.1, 1)
  // A gap begins at the moment that is shown.
  await begins.press('ArrowRight')
  await trim.getByRole('button', { name: /^Cut out from/ }).click()
  await trim.getByRole('slider', { name: 'Part 2 begins here' }).waitFor()
  if (folder) await shoot(page, `${folder}/trim-light.png`)
  await expectAccessible(page)
  await trim.getByRole('button', { name: /^Keep / }).click()
  await trim.getByRole('slider', { name: 'It begins here' }).waitFor()
  await expect.poll(() => trim.getByRole('status').textContent()).toMatch(/go, .* stay/)

  await trim.getByRole('button', { name: 'Cut', exact: true }).click()
  await trim.getByRole('button', { name: 'Erase the rest for good' }).click()
  await page.getByText('Cut. What was cut out is erased.').waitFor()
  await expect.poll(() => page.locator('figure video').first().getAttribute('src')).toMatch(/version=2/)
  expect(from).toBeGreaterThan(1)
  await page.context().close()
})

test('only who recorded it can cut it', async () => {
  const page = await open(browser, `/r/${refund.id}?as=sam`, { width: 1280, height: 800 })
  const clip = page.getByRole('figure', { name: /Clip by/ })
  await clip.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: /Copy clip link/ }).waitFor()
  await expect.poll(() => page.getByRole('menuitem', { name: 'Cut this clip' }).count()).toBe(0)
  await page.context().close()
})
