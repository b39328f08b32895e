/** A row of the inbox where there is little room: where a customer waits, a thing is there whole or not at all. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refund } from '../../src/host/fake/numbra'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test.each([
  [1000, '2:00', true],
  [1000, '1:02:33', false],
  [320, '2:00', false],
  [320, '1:02:33', false],
])('%i wide, waiting for %s: the time always, the ticket if it fits', async (width, time, fits) => {
  const page = await open(browser, '/', { width, height: 640, still: true })
  const seen = await page.locator(`#row-${refund.id} time`).evaluate((element, words) => {
    element.textContent = words
    const line = element.parentElement as HTMLElement
    const frame = line.getBoundingClientRect()
    const isWhole = (part: Element) => {
      const box = part.getBoundingClientRect()
      return box.top >= frame.top && box.bottom <= frame.bottom && box.right <= frame.right + 0.5 && part.scrollWidth <= part.clientWidth
    }
    const isAway = (part: Element) => part.getBoundingClientRect().top >= frame.bottom
    const ticket = line.lastElementChild as Element
    return { time: isWhole(element), ticket: isWhole(ticket), away: isAway(ticket), named: ticket.textContent }
  }, time)
  expect(seen).toEqual({ time: true, ticket: fits, away: !fits, named: 'ZD 4711' })
  await page.context().close()
})
