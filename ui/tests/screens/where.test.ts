/** The page that says where to ask, as paper gets it: alone, black on white, a head on every sheet, no desk torn apart. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, open } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** To be looked at, where a folder is named. */
function keep(name: string, pdf: Buffer): void {
  const folder = process.env['SCREENS_DIR']
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), pdf)
}

/** The sizes of a PDF's pages, in points. */
function sizes(pdf: Buffer): [number, number][] {
  return [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))])
}

const colours = (page: Page) =>
  page.evaluate(() => {
    const shown = [...document.querySelectorAll('#root *')].filter((element) => element instanceof HTMLElement && element.checkVisibility() && element.textContent?.trim())
    return [...new Set(shown.map((element) => getComputedStyle(element).backgroundColor))].filter((colour) => colour !== 'rgba(0, 0, 0, 0)')
  })

test('it is printed alone, in both formats, from a dark screen too', async () => {
  const page = await open(browser, '/where?be=grown', { still: true, theme: 'dark' })
  await page.getByRole('heading', { name: 'Payroll' }).waitFor()
  const formats = [['A4', 595, 842], ['Letter', 612, 792]] as const
  for (const [format, width, height] of formats) {
    const pdf = await page.pdf({ format, printBackground: true })
    keep(`where-${format}.pdf`, pdf)
    const pages = sizes(pdf)
    expect(pages.length).toBeGreaterThan(1)
    for (const size of pages) expect(Math.max(Math.abs(size[0] - width), Math.abs(size[1] - height)), `${size.join()} of ${format}`).toBeLessThanOrEqual(1)
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect.poll(() => page.getByRole('navigation').count()).toBe(0)
  await expect.poll(() => page.getByRole('button').count()).toBe(0)
  expect(await colours(page)).toEqual([expect.stringMatching(/^(oklch\(1 0 0\)|lab\(100 0 0\)|rgb\(255, 255, 255\))$/)])
  const [text, breaks] = await page.evaluate(() => {
    const desks = [...document.querySelectorAll('main section[id]')]
    return [getComputedStyle(document.querySelector('h1')!).color, desks.map((desk) => getComputedStyle(desk).breakInside)] as const
  })
  expect(text).toBe('rgb(0, 0, 0)')
  expect(new Set(breaks)).toEqual(new Set(['avoid']))
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('main header')!).display)).toBe('table-header-group')
  await page.context().close()
})

test('a private desk stays off the paper until its reader puts it there', async () => {
  const page = await open(browser, '/where?be=grown', { still: true })
  const payroll = page.locator('section', { has: page.getByRole('heading', { name: 'Payroll' }) })
  await payroll.waitFor()
  await page.emulateMedia({ media: 'print' })
  await payroll.waitFor({ state: 'hidden' })
  await page.emulateMedia({ media: 'screen' })
  await page.getByText('Print private desks too').click()
  await page.emulateMedia({ media: 'print' })
  await payroll.waitFor()
  await page.context().close()
})

test('W goes there, P prints, and an older version is compared with', async () => {
  const page = await open(browser, '/?be=grown', { still: true })
  await page.getByRole('navigation').waitFor()
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', 'yes')
  })
  await page.keyboard.press('w')
  await page.getByRole('heading', { name: 'Where to ask' }).waitFor()
  await page.getByText('Changed since the version of 12 November 2026').waitFor()
  await page.getByRole('button', { name: /^Changed since|2026/ }).first().click()
  await page.getByRole('option', { name: /^15 October 2026/ }).click()
  await page.getByRole('listitem').filter({ hasText: 'Engineering: its vetters' }).waitFor()
  await page.keyboard.press('p')
  await expect.poll(() => page.getAttribute('body', 'data-printed')).toBe('yes')
  await page.context().close()
})

test('a desk has an address of its own on the page', async () => {
  const page = await open(browser, '/where?be=grown', { still: true, height: 500 })
  const id = await page.locator('section', { has: page.getByRole('heading', { name: 'Tools and access' }) }).getAttribute('id')
  await page.goto(page.url() + `#${id}`)
  await page.reload()
  await expect.poll(() => page.getByRole('heading', { name: 'Tools and access' }).boundingBox().then((box) => box !== null && box.y < 300)).toBe(true)
  await page.context().close()
})
