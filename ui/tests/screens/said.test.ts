/** Dialogs and forms that say something: it is sent once, they say where it stands, and nothing that was typed is lost. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { phones, refund, tariff } from '../../src/host/fake/numbra'
import { expectAccessible, launch, open } from './browser'
import { fromMenu } from './working'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const dialog = (page: Page) => page.getByRole('dialog')
const isFocused = (element: ReturnType<typeof dialog>) => expect.poll(() => element.evaluate((one) => one === document.activeElement)).toBe(true)

test('offline a dialog says that it was kept, and sends nothing a second time', async () => {
  const page = await open(browser, `/r/${refund.id}?be=offline`)
  await fromMenu('Say what happens next')(page)
  await page.keyboard.type('Check the porting date')
  await page.keyboard.press('Enter')
  await dialog(page).getByText('saved here, not sent yet').waitFor()
  await page.keyboard.press('Enter')
  expect(await dialog(page).getByRole('button', { name: 'Say it' }).isDisabled()).toBe(true)
  await expectAccessible(page)
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()
  await dialog(page).waitFor({ state: 'detached' })
  await page.getByText(/1 not sent/).waitFor()
  await page.context().close()
})

test('what is refused is said in the dialog, and the words stay', async () => {
  const page = await open(browser, `/r/${refund.id}?be=refuse`)
  await fromMenu('Say what happens next')(page)
  await page.keyboard.type('Check the porting date')
  await page.keyboard.press('Enter')
  await dialog(page).getByRole('alert').filter({ hasText: 'Somebody was faster' }).waitFor()
  await expect.poll(() => dialog(page).getByRole('textbox', { name: 'In one line' }).inputValue()).toContain('Check the porting date')
  await page.context().close()
})

test('an IBAN can\'t be left readable where the server would mask it, and Ctrl+M masks contacts there too', async () => {
  const page = await open(browser, `/r/${refund.id}`)
  await fromMenu('Hand off')(page)
  const needed = dialog(page).getByRole('textbox', { name: 'What is needed now' })
  await needed.fill('Refund to DE89 3704 0044 0532 0130 00, call +49 228 1234567')
  await dialog(page).getByText('The IBAN will be masked: it may not be stored.').waitFor()
  await expect.poll(() => dialog(page).getByRole('button', { name: /readable$/ }).count()).toBe(0)
  await needed.press('Control+m')
  await dialog(page).getByText('The phone number will be masked.').waitFor()
  await dialog(page).getByRole('button', { name: 'Offer it' }).click()
  await dialog(page).waitFor({ state: 'detached' })
  await page.getByText(/Refund to \[IBAN …3000\]|Refund to \[iban/i).first().waitFor()
  await expect.poll(() => page.getByRole('main').innerText()).not.toContain('1234567')
  await page.context().close()
})

test('the note of a shift is there again when one comes back', async () => {
  const page = await open(browser, '/shift')
  const note = page.getByRole('textbox', { name: /Old Family L/ })
  await note.fill('Ring the tariff team at 15:00')
  await page.getByRole('link', { name: /Old Family L/ }).click()
  await page.getByRole('heading', { name: /Old Family L/ }).waitFor()
  await page.goBack()
  await expect.poll(() => note.inputValue()).toBe('Ring the tariff team at 15:00')
  await page.getByRole('button', { name: 'Offer it' }).click()
  await page.getByText('offered to Sid').waitFor()
  await page.context().close()
})

test('offline a whole shift is kept at once', async () => {
  const page = await open(browser, '/shift?be=offline')
  await page.getByRole('textbox', { name: /Old Family L/ }).fill('Ring the tariff team at 15:00')
  await page.getByRole('textbox', { name: /Refund after/ }).fill('The porting date has to be set')
  await page.getByRole('button', { name: /^Offer all/ }).click()
  await page.getByText('saved here, not sent yet').first().waitFor()
  await page.getByText(/2 not sent/).waitFor()
  await page.context().close()
})

test('an address of a calendar that was refused stays to be mended', async () => {
  const page = await open(browser, '/settings?be=refuse')
  const address = page.getByRole('textbox', { name: 'Secret address of your calendar' })
  await address.fill('https://calendar.example/me.ics')
  await address.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'Somebody was faster' }).waitFor()
  await expect.poll(() => address.inputValue()).toBe('https://calendar.example/me.ics')
  await page.context().close()
})

test('a look-up that failed is not "nothing else was asked"', async () => {
  const page = await open(browser, `/r/${refund.id}?be=refuse`)
  await page.getByRole('button', { name: 'ZD 4711: what was asked about it' }).click()
  await dialog(page).getByText('Older ones could not be looked up').waitFor()
  await dialog(page).getByRole('button', { name: 'Try again' }).waitFor()
  await expect.poll(() => dialog(page).getByText('Nothing else was asked').count()).toBe(0)
  await page.context().close()
})

test('keys that could not be read are not an empty page', async () => {
  const page = await open(browser, '/settings/computer?as=ana&be=desktop&state=failed')
  await page.getByRole('alert').filter({ hasText: 'could not be read' }).getByRole('button', { name: 'Try again' }).waitFor()
  await expectAccessible(page)
  await page.context().close()
})

test('a day that is removed hands the focus to the next, the last one to "Add"', async () => {
  const page = await open(browser, `/settings/desks/${phones.id}`)
  const eve = page.getByRole('button', { name: 'Remove Christmas Eve' })
  await eve.focus()
  await eve.press('Enter')
  const day = page.getByRole('button', { name: 'Remove Christmas Day' })
  await isFocused(day)
  await day.press('Enter')
  await isFocused(page.getByRole('button', { name: 'Add a special day' }))
  await page.context().close()
})

test('what is typed in the profile stays while the row changes under it', async () => {
  const page = await open(browser, '/settings')
  const phone = page.getByRole('textbox', { name: 'Phone' })
  await phone.fill('2099')
  const name = page.getByRole('textbox', { name: 'Name', exact: true })
  await name.fill('Sam Okafor-Reed')
  await page.getByRole('radio', { name: /Away/ }).first().check({ force: true })
  await expect.poll(() => phone.inputValue()).toBe('2099')
  await name.press('Enter')
  await page.getByText('Saved').first().waitFor()
  await expect.poll(() => name.inputValue()).toBe('Sam Okafor-Reed')
  await page.context().close()
})

test('a number is dialled without the signs it is written with', async () => {
  const page = await open(browser, `/r/${tariff.id}`)
  await page.getByRole('button', { name: 'Call 2045' }).click()
  await expect.poll(() => page.locator('body').getAttribute('data-opened')).toBe('tel:2045')
  await page.context().close()
})

test('a slot that is removed from the rota hands the focus to the next, or to "Add"', async () => {
  const page = await open(browser, `/rota/${phones.id}`)
  const tuesday = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Tuesday' }) })
  const removes = tuesday.getByRole('button', { name: /^Remove / })
  await removes.nth(1).waitFor()
  const count = await removes.count()
  await removes.first().focus()
  for (let left = count - 1; left > 0; left -= 1) {
    await page.keyboard.press('Enter')
    await expect.poll(() => removes.count()).toBe(left)
    await isFocused(removes.first())
  }
  await page.keyboard.press('Enter')
  await isFocused(tuesday.getByRole('button', { name: /^(Add|Another)/ }))
  await page.context().close()
})
