/** An app that is older or newer than its server says so, keeps what was written, and leads to the one that fits. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const sentence = 'This app and the server are of different versions. What you wrote is kept'

test('the app leads to the page where the one that fits is offered, by keys', async () => {
  const page = await open(browser, '/?as=ana&be=desktop,outdated,unsent')
  await page.getByText(sentence).waitFor()
  await page.getByRole('button', { name: 'Get the app that fits' }).press('Enter')
  await expect.poll(() => page.evaluate(() => document.body.dataset['opened'])).toBe('https://desk.numbra.example/download')
  await page.context().close()
})

test('a browser that was open over an update takes the page that fits by loading it again', async () => {
  const page = await open(browser, '/?as=ana&be=outdated')
  await page.getByText(sentence).waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Get the app that fits' }).count()).toBe(0)
  await page.evaluate(() => document.body.setAttribute('data-before', ''))
  await page.getByRole('button', { name: 'Reload' }).press('Enter')
  await page.waitForFunction(() => !document.body.hasAttribute('data-before'))
  await page.getByText(sentence).waitFor()
  await page.context().close()
})
