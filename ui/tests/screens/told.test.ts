/** What the app's overlay shows of itself: the wish for a clip, and the one press that records it. */

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
