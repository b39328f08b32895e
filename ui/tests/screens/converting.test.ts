/** A clip that this computer can't decode: it is said, converting is asked for by a key, and every way it can end has a next step. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refund } from '../../src/host/fake/numbra'
import { expectAccessible, launch, open, shoot } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const folder = process.env['SCREENS_DIR']

/** Opens the clip in a browser for which the second of AV1 is noise: the check itself is the real one. */
async function show(be: string, theme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await open(browser, '/', { theme })
  await page.route(/av1.*\.webm/, (route) => route.fulfill({ contentType: 'video/webm', body: Buffer.alloc(30_000, 7) }))
  await page.goto(new URL(`/r/${refund.id}?as=sam&be=${be}`, page.url()).href)
  return page
}

const clip = (page: Page) => page.getByRole('figure', { name: /Clip by/ }).first()

test('it is said before, asked for by pressing Play, and told how long it takes', async () => {
  const page = await show('foreign')
  await clip(page).getByText('This clip needs converting for this computer').waitFor()
  if (folder) await shoot(page, `${folder}/converting-needed-light.png`)
  const play = clip(page).getByRole('button', { name: /^Convert and play: Clip by/ })
  await play.focus()
  await page.keyboard.press('Enter')
  await clip(page).getByRole('status').filter({ hasText: 'This clip needs converting for this computer: about 40 seconds' }).waitFor()
  expect(await clip(page).getByRole('progressbar', { name: 'Converting' }).getAttribute('aria-valuenow')).toBe('0')
  expect(await play.count()).toBe(0)
  await expectAccessible(page)
  await page.context().close()
})

test.each([
  ['converting', 'light', /This clip needs converting for this computer: about 40 seconds/],
  ['queued', 'dark', /2 clips are converted before it: about 3 minutes/],
  ['unconvertible', 'dark', /This clip could not be converted.*Save a copy of the original/],
] as const)('%s, %s', async (be, theme, words) => {
  const page = await show(be, theme)
  await clip(page).getByText(words).waitFor()
  if (folder) await shoot(page, `${folder}/${be}-${theme}.png`)
  await expectAccessible(page)
  await page.context().close()
})

test('what failed can be saved or tried again, by keys', async () => {
  const page = await show('unconvertible')
  await clip(page).getByRole('button', { name: 'Save a copy' }).waitFor()
  await clip(page).getByRole('button', { name: 'Try again' }).press('Enter')
  await clip(page).getByText(/about 40 seconds/).waitFor()
  await page.context().close()
})

test('what was converted plays as the copy, and where the codec plays nothing is converted', async () => {
  const page = await show('converted')
  await expect.poll(() => clip(page).locator('video').getAttribute('src')).toMatch(/as=vp9/)
  const able = await open(browser, `/r/${refund.id}?as=sam&be=foreign`)
  await expect.poll(() => clip(able).locator('video').getAttribute('src')).toMatch(/webm$/)
  await able.context().close()
  await page.context().close()
})
