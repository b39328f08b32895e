/** Asking a desk that needs more than words: by keyboard alone, nothing is lost, nothing incomplete leaves. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ivr, refund } from '../../src/host/fake/numbra'
import { expectAccessible, launch, open } from './browser'
import { chooseDesk } from './desk'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const field = (page: Page, name: string) => page.getByRole('textbox', { name })
const isFocused = (page: Page, name: string) => expect.poll(() => field(page, name).evaluate((element) => element === document.activeElement)).toBe(true)

test('a desk that needs details gets them: the first empty one has the focus and a sentence, Enter sends when all are there', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Two invoices for June?')
  await expect.poll(() => field(page, 'Invoice number').count()).toBe(0)
  await chooseDesk(page, 'Billing')
  await page.getByText('What you have promised already').waitFor()
  await field(page, 'Your question').focus()

  await page.keyboard.press('Enter')
  await isFocused(page, 'Invoice number')
  await page.getByText(/Billing can't begin without it. Fill in Invoice number/).waitFor()
  await expectAccessible(page)
  await page.keyboard.type('R-20417')
  await page.keyboard.press('Enter')
  await isFocused(page, 'Month')

  // Esc hides and keeps it; from the words, Tab leads to the fields.
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await chooseDesk(page, 'Billing')
  await expect.poll(() => field(page, 'Invoice number').inputValue()).toBe('R-20417')
  await field(page, 'Your question').focus()
  await page.keyboard.press('Tab')
  await isFocused(page, 'Invoice number')
  await page.keyboard.press('Tab')
  await page.keyboard.type('June')
  await page.keyboard.press('Enter')

  await page.getByRole('heading', { name: 'Two invoices for June?' }).waitFor()
  await page.getByRole('main').getByRole('button', { name: /Invoice number R-20417/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await chooseDesk(page, 'Billing')
  await expect.poll(() => field(page, 'Invoice number').inputValue()).toBe('')
  await page.context().close()
})

test('a card number in a detail is masked before it leaves, and said so', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Which card was charged?')
  await chooseDesk(page, 'Billing')
  await field(page, 'Invoice number').fill('4111 1111 1111 1111')
  await page.getByText('The card number will be masked').waitFor()
  await field(page, 'Month').fill('June')
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByRole('button', { name: /Invoice number \[card\]/ }).waitFor()
  await expect.poll(() => page.getByRole('main').innerText()).not.toContain('4111')
  await page.context().close()
})

const asked = async (page: Page) => {
  await page.getByRole('textbox', { name: 'Your question' }).fill('Is the outage in Bonn known?')
  await page.keyboard.press('Enter')
}

test('the receipt says who is there, the place and the range, and the request says it until somebody has it', async () => {
  const overlay = await open(browser, '/overlay?as=ana', { width: 640, height: 420 })
  await asked(overlay)
  await overlay.getByText(/^With Phones help/).waitFor()
  await overlay.getByText(/^2 on duty, you are [1-9]\d*(st|nd|rd|th), about /).waitFor()
  await expectAccessible(overlay)
  await overlay.context().close()

  const page = await open(browser, `/r/${ivr.id}?as=ben`)
  await page.getByText(/^2 on duty, you are [1-9]\d*(st|nd|rd|th), about /).waitFor()
  await expectAccessible(page)
  await page.context().close()
  const taken = await open(browser, `/r/${refund.id}?as=ana`)
  await taken.getByLabel('What is owed').waitFor()
  await expect.poll(() => taken.getByText(/on duty/).count()).toBe(0)
  await taken.context().close()
})

test('where nobody is on duty it says so and whom to call; what is not known is not said', async () => {
  const page = await open(browser, '/overlay?as=ana&be=nobody', { width: 640, height: 420 })
  await asked(page)
  await page.getByText(/^nobody is on duty now/).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Call Sid, 2011' }).click()
  await expect.poll(() => page.locator('body').getAttribute('data-opened')).toBe('tel:2011')
  await page.context().close()

  const unknown = await open(browser, `/r/${ivr.id}?as=ben&be=unknown`)
  await unknown.getByText(/^2 on duty, you are \d+[a-z]+$/).waitFor()
  await expect.poll(() => unknown.getByRole('main').innerText()).not.toContain('usually')
  await unknown.context().close()
})
