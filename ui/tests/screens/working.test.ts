/** The working rules by keyboard alone: promise a call, say that it is critical, send on, merge, say until when one is away. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alsoIvr, engineering, fraud, ivr, numbers, phones, refund, tariff } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const path = (id: string) => `/r/${id}`
const isFocusIn = (page: Page, selector: string) => expect.poll(() => page.evaluate((selector) => document.activeElement?.closest(selector) !== null, selector)).toBe(true)

async function menu(page: Page, name: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'More' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name }).press('Enter')
  await page.getByRole('dialog').waitFor()
}

test('a call is promised for a time, owed until it was made, and done with one key', async () => {
  const page = await open(browser, path(refund.id), { still: true })
  await menu(page, 'Promise a call')
  await page.getByRole('dialog').getByRole('button', { name: 'Promise it' }).press('Enter')
  await page.getByText('Call Ana at 14:55: you promised it.').waitFor()
  await page.getByText('You arranged a call').waitFor()
  await page.getByRole('button', { name: 'I have called' }).press('Enter')
  await page.getByText('You called as promised').waitFor()
  await expect.poll(() => page.getByText('you promised it').count()).toBe(0)
  await page.context().close()
})

test('an own time is typed, and refused while the desk is closed then', async () => {
  const page = await open(browser, path(refund.id), { still: true })
  await menu(page, 'Promise a call')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^in 30 min/ }).press('Enter')
  await page.getByRole('option', { name: 'Another time' }).press('Enter')
  const time = dialog.getByRole('textbox', { name: 'Time' })
  await time.fill('18')
  await page.keyboard.press('Tab')
  await page.getByText('The desk is closed then. It opens Wed 08:00.').waitFor()
  await expect.poll(() => dialog.getByRole('button', { name: 'Promise it' }).isDisabled()).toBe(true)
  await time.fill('1630')
  await page.keyboard.press('Enter')
  await page.getByText('Call Ana at 16:30: you promised it.').waitFor()
  await page.context().close()
})

test('the asker reads who calls, and may say that it is not needed', async () => {
  const page = await open(browser, `${path(tariff.id)}?as=eve`, { still: true })
  await page.getByText('Sam calls you at 15:00.').waitFor()
  await page.getByRole('button', { name: 'No need to call' }).press('Enter')
  await page.getByText('You needs no call').or(page.getByText('You need no call')).waitFor()
  await page.context().close()
})

test('! says that it is critical, with a reason', async () => {
  const page = await open(browser, `${path(refund.id)}?as=ana`)
  await page.getByRole('main').waitFor()
  await page.getByText('Trying it now').waitFor()
  await page.keyboard.press('!')
  await page.getByRole('dialog', { name: 'What makes it critical?' }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(1)
  await page.keyboard.type('No port-out can be refunded')
  await page.keyboard.press('Enter')
  await page.getByLabel('What is owed').getByText('critical: No port-out can be refunded').waitFor()
  await page.context().close()
})

test('the lesson of what was critical is asked for and kept', async () => {
  const after = await open(browser, path(fraud.id))
  await after.getByRole('button', { name: 'Write it down' }).press('Enter')
  await after.getByRole('dialog', { name: 'What was learnt?' }).waitFor()
  await after.keyboard.type('Two questions before a password is reset')
  await after.getByRole('button', { name: 'Keep it' }).press('Enter')
  await after.getByText('Learnt (Sam): Two questions before a password is reset').waitFor()
  await expect.poll(() => after.getByRole('heading', { name: /critical, to review/ }).count()).toBe(0)
  await after.context().close()
})

test('two look-alikes become one: what happens is said first, and the merged one leads there', async () => {
  const page = await open(browser, path(alsoIvr.id))
  await menu(page, 'Merge with another request')
  await isFocusIn(page, 'input')
  await expect.poll(() => page.getByRole('button', { name: 'Merge', exact: true }).isDisabled()).toBe(true)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.getByText(/^Eve waits for the answer in "IVR code 17 again/).waitFor()
  await page.getByRole('button', { name: 'Merge', exact: true }).press('Enter')
  await page.waitForURL(`**${path(ivr.id)}`)
  await page.getByText('Eve waits for this answer too').waitFor()
  await page.goBack()
  await page.getByText('It went on in "IVR code 17 again').waitFor()
  await page.getByRole('button', { name: 'Open it' }).press('Enter')
  await page.waitForURL(`**${path(ivr.id)}`)
  await page.context().close()
})

test('a vetter sends on with a note; who asks is told before that it goes through them', async () => {
  const page = await open(browser, path(numbers.id))
  await page.getByText('Shall it go to Engineering?').waitFor()
  await page.getByRole('button', { name: 'Send it on' }).press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Look at the number pool')
  await page.keyboard.press('Enter')
  await page.getByText('You sent it on to the desk').waitFor()
  await expect.poll(() => page.getByText('Shall it go to Engineering?').count()).toBe(0)
  await page.context().close()

  const asker = await open(browser, `${path(numbers.id)}?as=chi`)
  await asker.getByText('It goes through Sam or Sid first, then to Engineering.').waitFor()
  await expect.poll(() => asker.getByRole('button', { name: 'Send it on' }).count()).toBe(0)
  await asker.context().close()
})

test('away until a time, and everybody reads it', async () => {
  const page = await open(browser, '/people', { still: true })
  await page.getByRole('button', { name: /^Your status/ }).press('Enter')
  await page.getByRole('menuitem', { name: 'Until when?' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /until I say otherwise/ }).press('Enter')
  await page.getByRole('option', { name: 'in 1 hour, 15:25' }).press('Enter')
  await dialog.getByRole('button', { name: 'Be away' }).press('Enter')
  await page.getByRole('main').getByText('Away until 15:25').waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Your status: Away until 15:25' }).count()).toBe(1)
  await page.context().close()
})

test('who asks one person that can\'t answer now reads it first, and the words move to the desk, which tells them too', async () => {
  const page = await open(browser, '/people?as=ana')
  await page.getByRole('button', { name: 'Ask privately: Dov Peretz' }).press('Enter')
  await page.keyboard.type('Is the lab open?')
  await page.getByText('Dov is away. Nobody else would see this.').waitFor()
  await page.getByRole('button', { name: /^Ask .* instead$/ }).press('Enter')
  await expect.poll(() => page.getByText('Only Dov').count()).toBe(0)
  await expect.poll(() => page.getByRole('textbox', { name: 'Your question' }).inputValue()).toBe('@Dov Is the lab open?')
  await isFocusIn(page, 'textarea')
  await page.context().close()
})

test('the rota is typed, a gap is filled with one key, and what can\'t be is said beside it', async () => {
  const page = await open(browser, `/rota/${phones.id}`, { still: true })
  await page.getByText('On duty now: Sid').waitFor()
  await page.getByRole('button', { name: 'nobody 08:00–09:00 on Wednesday: put somebody there' }).press('Enter')
  await expect.poll(() => page.getByRole('button', { name: /^nobody .* on Wednesday/ }).count()).toBe(0)
  const from = page.getByRole('textbox', { name: 'Monday, 1, from' })
  await from.fill('13')
  await page.getByText('Ends after it begins').waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await from.fill('9')
  await page.keyboard.press('Tab')
  await expect.poll(() => from.inputValue()).toBe('09:00')
  await page.getByRole('button', { name: 'nobody 08:00–09:00 on Monday: put somebody there' }).waitFor()
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await page.getByText('Saved', { exact: true }).waitFor()
  await page.getByText('Tomorrow, 08:00–09:00, nobody is on duty').waitFor({ state: 'detached' })
  await page.context().close()
})

test('a shift is handed over with one note each and one button, and taken back where it was a mistake', async () => {
  const page = await open(browser, '/shift', { still: true })
  await page.getByRole('textbox', { name: /Old Family L/ }).fill('Ring the tariff team at 15:00')
  await page.getByRole('textbox', { name: /Number change/ }).fill('Ben answers whether it is the heir')
  await page.getByText('1 has no note yet').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByText('offered to Sid').count()).toBe(2)
  await page.getByText('2 requests are on offer').waitFor()
  await page.getByRole('button', { name: 'Keep it' }).first().press('Enter')
  await expect.poll(() => page.getByText('offered to Sid').count()).toBe(1)
  await page.context().close()
})

test('the board says whether there is room, and tells me alone when I have as many as the desk allows', async () => {
  const page = await open(browser, `/board/${phones.id}`, { still: true })
  await page.getByRole('heading', { name: /taken.*has room/ }).waitFor()
  for (const words of ['IVR code 17 again', 'Router swap']) {
    await page.getByRole('button', { name: new RegExp(`^Move ${words}`) }).press('Enter')
    await expect.poll(() => page.getByText('You have as many as this desk allows').count()).toBe(words.startsWith('IVR') ? 0 : 1)
    await page.getByRole('menuitem', { name: /^Take/ }).press('Enter')
    await page.getByRole('menuitem', { name: /^Take/ }).waitFor({ state: 'detached' })
  }
  await page.context().close()
})

test('whom a change of a desk affects is said before it is made', async () => {
  const page = await open(browser, `/settings/desks/${engineering.id}?as=eli`)
  await page.getByText('Everyone helps', { exact: true }).click()
  await page.getByText(/Ana, .* and \d+ more help here from then on\.$/).waitFor()
  await page.getByRole('button', { name: 'Discard changes' }).press('Enter')
  await page.getByText(/help here from then on/).waitFor({ state: 'detached' })
  await page.context().close()
})

test('the chip of a ticket opens what was asked about it, by keyboard, and leads there', async () => {
  const page = await open(browser, `/r/${refund.id}`)
  await page.getByRole('button', { name: 'ZD 4711: what was asked about it' }).press('Enter')
  await page.getByRole('dialog', { name: 'Asked about ZD 4711' }).waitFor()
  await page.getByText('Nothing else was asked about it').waitFor()
  await page.getByRole('button', { name: 'Open ZD 4711' }).press('Enter')
  await expect.poll(() => page.locator('body').getAttribute('data-opened')).toBe('https://numbra.zendesk.com/agent/tickets/4711')
  await page.getByRole('dialog').getByRole('link', { name: /Refund after port-out/ }).press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.context().close()
})

test('where a question would stand is said while it is written', async () => {
  const page = await open(browser, '/?as=ana')
  await page.keyboard.press('a')
  await page.getByText(/^2 on duty, you would be \d+(st|nd|rd|th), about /).waitFor()
  await page.context().close()
})

test('what does not move is said in the inbox of whoever answers for the desk, and leads there by keyboard', async () => {
  const page = await open(browser, '/?be=still', { still: true })
  await page.getByText('At Phones help 2 requests do not move.').waitFor()
  await page.getByRole('button', { name: 'Show them' }).press('Enter')
  await page.getByRole('heading', { name: 'Billing 2' }).waitFor()
  await page.getByRole('heading', { name: 'Phones help 2' }).waitFor()
  const rows = page.getByRole('main').getByRole('listitem')
  await expect.poll(() => rows.allInnerTexts().then((all) => all.map((one) => /waits for days|not solved|nobody has said|nothing is due/.exec(one)?.[0]))).toEqual(['nothing is due', 'nobody has said', 'waits for days', 'not solved'])
  await page.getByRole('link', { name: /Old Family L/ }).press('Enter')
  await page.waitForURL(`**${path(tariff.id)}**`)
  await page.context().close()

  const helper = await open(browser, '/?as=ben&be=still')
  await helper.getByRole('main').first().waitFor()
  await expect.poll(() => helper.getByText(/do not move/).count()).toBe(0)
  await helper.context().close()
})
