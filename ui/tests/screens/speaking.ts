/** The screens of mentions, and of desks that not everybody may ask at any hour. */

import type { Page } from 'playwright-core'
import { porting, refund } from '../../src/host/fake/numbra'
import { chooseDesk } from './desk'
import type { Screen } from './screens'

async function write(page: Page, words: string): Promise<void> {
  await page.locator('#composer').focus()
  await page.keyboard.type(words)
}

async function askBilling(page: Page): Promise<void> {
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Two invoices for June, which one is right?')
  await chooseDesk(page, 'Billing')
  await page.getByText('Billing takes your question in its opening hours').waitFor()
}

const narrow = { width: 320, height: 640 }

export const speaking: Screen[] = [
  { name: 'mention', path: `/r/${refund.id}?be=named`, picture: true, then: async (page) => {
    await write(page, 'The rule has changed: @')
    await page.getByRole('option', { name: /@desk/ }).waitFor()
  } },
  { name: 'mention-many', path: `/r/${refund.id}?be=crowd,named`, then: async (page) => {
    await write(page, '@all no refunds until noon')
    await page.keyboard.press('Enter')
    await page.getByText('Say why in a few words').waitFor()
  } },
  { name: 'mention-narrow', path: `/r/${refund.id}?be=crowd,named`, size: narrow, then: async (page) => {
    await write(page, '@all no refunds until noon, @')
    await page.getByRole('option', { name: /@desk/ }).waitFor()
  } },
  { name: 'mentioned', path: `/r/${porting.id}?be=named`, then: async (page) => page.getByText('is this one yours').waitFor() },
  { name: 'mention-overlay', path: '/overlay?as=ben', size: { width: 640, height: 420 }, then: async (page) => {
    await page.keyboard.type('Refund after port-out, @s')
    await page.getByRole('option', { name: /Sam/ }).waitFor()
  } },
  { name: 'ask-elsewhere', path: '/?as=ben&be=gated', then: askBilling },
  { name: 'ask-elsewhere-narrow', path: '/?as=ben&be=gated', size: narrow, then: askBilling },
  { name: 'desk-posting', path: '/settings/desks?as=ada&be=gated', then: async (page) => {
    await page.getByRole('link', { name: /Billing/ }).click()
    await page.getByRole('heading', { name: 'Who may ask here, and when' }).evaluate((heading) => heading.scrollIntoView({ block: 'center' }))
  } },
]
