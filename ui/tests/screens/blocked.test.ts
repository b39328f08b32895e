/** "Blocked by" by keyboard alone: chosen, shown on both sides, and taken away; what would wait for itself can't be chosen. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alsoIvr, ivr, refund } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const action = 'Blocked by another request'

test('what it waits for is found, said on both pages, and taken away again', async () => {
  const page = await open(browser, `/r/${alsoIvr.id}`, { still: true })
  await page.getByRole('main').getByRole('button', { name: 'More' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: action }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'What does it wait for?' })
  await dialog.waitFor()
  await page.keyboard.type('port-out')
  await expect.poll(() => dialog.getByRole('radio').count()).toBe(1)
  await dialog.getByRole('radio').press('Space')
  await dialog.getByRole('button', { name: 'Blocked by it' }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(/says: blocked by "Refund after port-out/).waitFor()
  await page.getByRole('status').filter({ hasText: 'Blocked by' }).getByRole('link', { name: /^Refund after port-out/ }).press('Enter')
  await page.getByText('1 request waits for this').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Not any more' }).press('Enter')
  await page.getByText(/not blocked by "Refund after port-out/).waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Not any more' }).count()).toBe(0)
  await page.context().close()
})

test('a pasted link is enough, and what waits for it already can\'t be chosen and says why', async () => {
  const page = await open(browser, `/r/${refund.id}?be=blocked`, { still: true })
  await page.getByText('2 requests wait for this').waitFor()
  await page.getByRole('main').getByRole('button', { name: 'More' }).first().click()
  await page.getByRole('menuitem', { name: action }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(`https://deskside.example/r/${ivr.id}`)
  await dialog.getByText('waits for this one already').waitFor()
  await expect.poll(() => dialog.getByRole('radio').isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill(`https://deskside.example/r/${alsoIvr.id}`)
  await expect.poll(() => dialog.getByRole('radio').isDisabled()).toBe(false)
  await dialog.getByRole('textbox').fill('deskside://request/0193a000-0000-7000-8000-000000000000')
  await dialog.getByText('No open request that you can see has this link').waitFor()
  await page.context().close()
})

test('what one can\'t see has no name', async () => {
  const page = await open(browser, `/r/${ivr.id}?be=blocked`, { still: true })
  await page.getByRole('status').filter({ hasText: 'a request you can\'t see' }).waitFor()
  await page.context().close()
})
