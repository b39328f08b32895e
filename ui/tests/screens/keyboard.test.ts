/** The main job by keyboard alone: triage, answer, ask, search, take a call, watch a clip. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refund } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent || '')
const current = (page: Page) => page.locator('[data-list] a[aria-current]').innerText()

test('J, K, Enter and Esc go through the inbox and back, and the focus is never lost', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('j')
  await page.waitForURL('**/r/**')
  expect(await current(page)).toContain('Refund after port-out')
  await page.keyboard.press('j')
  await expect.poll(() => current(page)).toContain('stranded in Oslo')
  await expect.poll(() => focused(page)).toMatch(/^row-/)
  await page.keyboard.press('k')
  await expect.poll(() => current(page)).toContain('Refund after port-out')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('composer')
  await page.keyboard.press('Escape')
  await expect.poll(() => focused(page)).toMatch(/^row-/)
  await page.keyboard.press('Escape')
  await expect.poll(() => new URL(page.url()).pathname).toBe('/')
  await page.context().close()
})

test('typing and Enter takes and answers', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect.poll(() => current(page)).toContain('stranded in Oslo')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('composer')
  await page.keyboard.type('Cap is live now, restart the phone.')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Thread' }).getByText('Cap is live now').waitFor()
  expect(await page.locator('#composer').inputValue()).toBe('')
  expect(await focused(page)).toBe('composer')
  expect(await page.getByRole('button', { name: /^Take/ }).count()).toBe(0)
  expect(await page.getByRole('main').innerText()).toContain('answered, Eve confirms')
  await page.context().close()
})

test('T takes, and says so in the thread', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect.poll(() => current(page)).toContain('stranded in Oslo')
  await page.keyboard.press('t')
  await page.getByText('You took it').waitFor()
  await page.context().close()
})

test('a card number is masked before it leaves, and said so while it is typed', async () => {
  const page = await open(browser, `/r/${refund.id}?as=ana`)
  await page.locator('#composer').fill('she paid with 4111 1111 1111 1111')
  await page.getByText('The card number will be masked').waitFor()
  await page.locator('#composer').press('Enter')
  await page.getByRole('region', { name: 'Thread' }).getByText('she paid with card').waitFor()
  expect(await page.getByRole('region', { name: 'Thread' }).innerText()).not.toContain('4111')
  await page.context().close()
})

test('A asks from anywhere: one line and Enter', async () => {
  const page = await open(browser, '/people')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Is the outage in Bonn known?')
  await page.keyboard.press('Control+1')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Is the outage in Bonn known?' }).waitFor()
  expect(await page.getByRole('main').innerText()).toContain('customer waiting')
  await page.context().close()
})

test('what was typed is kept when the panel is hidden', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('half a question')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('a')
  expect(await page.getByRole('textbox', { name: 'Your question' }).inputValue()).toBe('half a question')
  await page.context().close()
})

test('a look-alike is opened with the arrow and Tab, and solves it without asking', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('PUK asked')
  await page.getByRole('list', { name: 'Already asked or answered' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  await page.getByText('Swap. A reset only helps before the third PUK.').waitFor()
  await page.getByRole('button', { name: 'This solved it' }).press('Enter')
  await page.getByText('Good. Nothing was sent.').waitFor()
  await page.context().close()
})

test('Ctrl+K finds and goes, and gives the focus back', async () => {
  const page = await open(browser, '/')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('tariff')
  await page.getByRole('option', { name: /Old Family L tariff/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /Old Family L tariff/ }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.context().close()
})

test('a ring does not take keys while somebody types, and A accepts once it has the focus', async () => {
  const page = await open(browser, `/r/${refund.id}?be=ringing`)
  const card = page.getByRole('alertdialog')
  await card.waitFor()
  await page.locator('#composer').focus()
  await page.keyboard.type('a d 2')
  expect(await page.locator('#composer').inputValue()).toBe('a d 2')
  expect(await card.count()).toBe(1)
  await card.focus()
  await page.keyboard.press('a')
  await card.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /Open the call/ }).waitFor()
  await page.context().close()
})

test('the end of a call asks what came out of it', async () => {
  const page = await open(browser, `/r/${refund.id}?be=calling,joined`)
  await page.getByRole('button', { name: /^Done/ }).press('Enter')
  await page.getByRole('textbox', { name: 'What came out of it?' }).fill('Porting date set, refund went through')
  await page.keyboard.press('Enter')
  await page.getByText('Porting date set, refund went through').waitFor()
  await page.context().close()
})

test('the clip answers to its keys and comments at the moment', async () => {
  const page = await open(browser, `/r/${refund.id}`)
  const video = page.locator('video')
  const time = () => video.evaluate((element: HTMLVideoElement) => element.currentTime)
  await video.focus()
  await page.keyboard.press('k')
  await expect.poll(time, { timeout: 10_000 }).toBeGreaterThan(0.3)
  await page.keyboard.press('k')
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.paused)).toBe(true)
  const before = await time()
  await page.keyboard.press('.')
  await expect.poll(time).toBeGreaterThan(before)
  await page.keyboard.press('c')
  await expect.poll(() => focused(page)).toBe('composer')
  await page.keyboard.type('right here')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Thread' }).getByText('right here').waitFor()
  expect(await page.getByRole('list', { name: 'Comments in the clip' }).getByRole('listitem').count()).toBe(2)
  await page.context().close()
})

test('nothing is wider than a telephone', async () => {
  for (const path of ['/', `/r/${refund.id}`, '/people', '/settings']) {
    const page = await open(browser, path, { width: 320, height: 640 })
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320)
    await page.context().close()
  }
})

test('what was kept too long asks whether it is still needed, and goes out only then', async () => {
  const page = await open(browser, '/?be=held')
  await page.getByRole('link', { name: /outage in Bonn.*still needed/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByText('Still needed? This was kept for 14 min').waitFor()
  const send = page.getByRole('button', { name: 'Still needed: send it' })
  await send.focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByRole('main').innerText()).toContain('saved here, not sent yet')
  expect(await send.count()).toBe(0)
  await page.context().close()
})
