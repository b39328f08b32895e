/** The keys that work in every program: seen, changed by pressing others, given up; and the bookmark beside them. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BOOKMARK } from '../../src/features/settings/bookmark'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const computer = (state = '') => open(browser, `/settings/computer?as=ana&be=desktop&state=${state}`)
const resting = (page: Page) => page.locator('body').getAttribute('data-resting')
const ask = { name: 'Change: The key to ask', exact: true }
const shot = { name: 'Change: The key to ask with a screenshot' }

test('other keys are pressed; the app lets go of its own meanwhile, and only then', async () => {
  const page = await computer()
  await page.getByText('Ctrl+Alt+Shift+Space', { exact: true }).waitFor()
  await page.getByRole('button', ask).press('Enter')
  await page.getByText('Press the new keys').waitFor()
  await expect.poll(() => resting(page)).toBe('true')
  await page.keyboard.press('Control+Alt+h')
  await page.getByText('Ctrl+Alt+H works from now on.').waitFor()
  await page.getByText('Ctrl+Alt+H', { exact: true }).waitFor()
  await expect.poll(() => resting(page)).toBe('false')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(ask.name)
  await page.context().close()
})

test('taken keys are said to be so, the old ones stay, and the proposal is one press away', async () => {
  const page = await computer()
  await page.getByRole('button', ask).press('Enter')
  await page.keyboard.press('Control+Alt+t')
  await page.getByText('Ctrl+Alt+T is used by another program.').waitFor()
  await page.getByText('Ctrl+Shift+Space', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Use Ctrl+Alt+Space' }).press('Enter')
  await page.getByText('Ctrl+Alt+Space works from now on.').waitFor()
  await page.context().close()
})

test('the other key of Deskside, and keys that everybody needs, are refused with a reason', async () => {
  const page = await computer()
  await page.getByRole('button', shot).press('Enter')
  await page.keyboard.press('Control+c')
  await page.getByText('Other programs need Ctrl+C.').waitFor()
  await page.keyboard.press('Control+Shift+Space')
  await page.getByText('Ctrl+Shift+Space is your other key already.').waitFor()
  await page.context().close()
})

test('Esc and going elsewhere keep the old keys and give them back to the app', async () => {
  const page = await computer()
  await page.getByRole('button', ask).press('Enter')
  await expect.poll(() => resting(page)).toBe('true')
  await page.keyboard.press('Escape')
  await expect.poll(() => resting(page)).toBe('false')
  await page.getByRole('button', ask).press('Enter')
  await expect.poll(() => resting(page)).toBe('true')
  await page.getByRole('link', { name: 'Devices' }).click()
  await expect.poll(() => resting(page)).toBe('false')
  await page.context().close()
})

test('either is switched off and on again', async () => {
  const page = await computer()
  await page.getByRole('button', { name: 'Switch off: The key to ask with a screenshot' }).press('Enter')
  await page.getByText('Switched off', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Use Ctrl+Alt+Shift+Space' }).press('Enter')
  await page.getByText('Ctrl+Alt+Shift+Space works from now on.').waitFor()
  await page.context().close()
})

test('the first run shows both keys and says when one is taken', async () => {
  const page = await open(browser, '/welcome?as=ana&be=desktop&state=taken')
  await page.getByText('Ctrl+Alt+Shift+Space', { exact: true }).waitFor()
  await page.getByText('Ctrl+Shift+Space is used by another program.').waitFor()
  await page.getByRole('button', { name: 'Use Ctrl+Alt+Space' }).press('Enter')
  await page.getByText('Ctrl+Alt+Space works from now on.').waitFor()
  await page.context().close()
})

test('where the desktop gives out keys itself, both pages say how to get them', async () => {
  for (const path of ['/welcome', '/settings/computer']) {
    const page = await open(browser, `${path}?as=ana&be=desktop,wayland`)
    await page.getByText('This desktop gives out keys itself.').waitFor()
    await page.getByText('“deskside ask --shot”').waitFor()
    expect(await page.getByRole('button', ask).count()).toBe(0)
    await page.context().close()
  }
})

test('the bookmark that is dragged hands a ticket over, in the first run and in the settings', async () => {
  for (const path of ['/welcome?as=ana&be=desktop', '/settings/tickets?as=ana&be=desktop']) {
    const page = await open(browser, path)
    const link = page.locator('a', { hasText: 'Ask Deskside' })
    await expect.poll(() => link.getAttribute('href')).toBe(BOOKMARK)
    await page.context().close()
  }
})

test('in a browser there is no such page', async () => {
  const page = await open(browser, '/settings/computer?as=ana')
  await page.getByText('There is no such page').waitFor()
  await expect.poll(() => page.getByRole('link', { name: 'This computer' }).count()).toBe(0)
  await page.context().close()
})
