/** Marking by keyboard alone, and what leaves: the picture is opened again and looked at. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, open } from './browser'
import { drag } from './more'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

async function mark(path = '/mark?as=ana'): Promise<Page> {
  const page = await open(browser, path)
  await page.getByRole('application').waitFor()
  return page
}

const said = (page: Page) => page.locator('output.unseen').first().innerText()

/** What the app was handed: its size and the colours at some points. */
async function left(page: Page, points: readonly [number, number][]): Promise<{ width: number; height: number; colours: string[] }> {
  await page.waitForFunction(() => 'picture' in window)
  return page.evaluate(async (points) => {
    const picture = await createImageBitmap((window as unknown as { picture: Blob }).picture)
    const canvas = new OffscreenCanvas(picture.width, picture.height)
    const context = canvas.getContext('2d')
    context?.drawImage(picture, 0, 0)
    return {
      width: picture.width,
      height: picture.height,
      colours: points.map(([x, y]) => [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3).join()),
    }
  }, points)
}

test('Enter takes everything, at once', async () => {
  const page = await mark()
  await page.keyboard.press('Enter')
  await expect.poll(() => left(page, [])).toMatchObject({ width: 1280, height: 720 })
  await page.context().close()
})

test('by keys alone: redact, size, move, undo, and the place is solid in what leaves', async () => {
  const page = await mark()
  await page.keyboard.press('r')
  await expect.poll(() => said(page)).toBe('Tool: Redact')
  await page.keyboard.press('Space')
  await expect.poll(() => said(page)).toBe('Redact placed. 1 mark.')
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(() => said(page)).toBe('Redact sized')
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown')
  await expect.poll(() => said(page)).toBe('Redact moved')
  await page.keyboard.press('Delete')
  await expect.poll(() => said(page)).toBe('Redact removed')
  await page.keyboard.press('Control+z')
  await expect.poll(() => said(page)).toBe('Undone')
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(() => said(page)).toBe('Done again')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Enter')
  const { colours } = await left(page, [[640, 380], [20, 20]])
  expect(colours[0]).toBe('11,12,14')
  expect(colours[1]).not.toBe('11,12,14')
  await page.context().close()
})

test('a crop drops what is outside of it, by pointer and by keys', async () => {
  const page = await mark()
  await drag(page, [0.25, 0.25], [0.75, 0.75])
  await expect.poll(() => said(page)).toBe('Cropped to 640 by 360')
  await page.keyboard.press('c')
  await page.keyboard.press('Shift+ArrowLeft')
  await expect.poll(() => said(page)).toBe('Cropped to 634 by 360')
  await page.keyboard.press('Enter')
  await expect.poll(() => left(page, [])).toMatchObject({ width: 634, height: 360 })
  await page.context().close()
})

test('a window is taken with one click, and from the list by keys', async () => {
  const page = await mark()
  await drag(page, [0.3, 0.3], [0.3, 0.3])
  await expect.poll(() => said(page)).toMatch(/^Cropped to/)
  await page.context().close()
  const other = await mark()
  await other.getByRole('button', { name: 'Window' }).focus()
  await other.keyboard.press('Enter')
  await other.getByRole('menuitem', { name: /Tariff sheet|Ticket/ }).first().press('Enter')
  await expect.poll(() => said(other)).toMatch(/^Cropped to/)
  await other.context().close()
})

test('letters typed as words are words, and a card number in them is masked', async () => {
  const page = await mark()
  await page.keyboard.press('t')
  await page.keyboard.press('Space')
  await page.getByRole('textbox', { name: 'Words on the picture' }).waitFor()
  await page.keyboard.type('bar crap 4111 1111 1111 1111')
  await page.keyboard.press('Enter')
  await expect.poll(() => said(page)).toBe('Card numbers and codes were masked.')
  await expect.poll(() => page.getByRole('button', { name: 'Text', exact: true }).getAttribute('aria-pressed')).toBe('true')
  await page.context().close()
})

test('Esc does not throw marks away by a slip, but the second one does', async () => {
  const page = await mark()
  await page.keyboard.press('b')
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('alert').filter({ hasText: 'Press Esc again' }).waitFor()
  await expect.poll(() => page.locator('body').getAttribute('data-hidden')).toBeNull()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('body').getAttribute('data-hidden')).toBe('true')
  await page.context().close()
})

test('the tools are a toolbar that arrow keys walk through', async () => {
  const page = await mark()
  await page.getByRole('button', { name: 'Crop' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Arrow')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application')
  await page.context().close()
})

/** Dark pixels in a rectangle of what left: a cover has the tag in it, so not all are. */
async function darkIn(page: Page, { x, y, width, height }: { x: number; y: number; width: number; height: number }): Promise<number> {
  const points = Array.from({ length: 40 }, (_, i): [number, number] => [x + Math.floor(((i + 0.5) * width) / 40), y + 1 + (i % 2) * (height - 3)])
  const { colours } = await left(page, points)
  return colours.filter((colour) => colour === '11,12,14').length / points.length
}
const CARD = { x: 773, y: 338, width: 166, height: 20 }
const ACCOUNT = { x: 780, y: 304, width: 159, height: 20 }
const EMAIL = { x: 372, y: 144, width: 197, height: 20 }

test('a card number and an account are covered, a phone number and an address only when M says so', async () => {
  const page = await mark('/mark?as=ana&state=numbers')
  await page.getByText('Covered: 1 card number and 1 IBAN. Readable: 1 e-mail address and 1 phone number.').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => darkIn(page, CARD)).toBe(1)
  await expect.poll(() => darkIn(page, ACCOUNT)).toBe(1)
  await expect.poll(() => darkIn(page, EMAIL)).toBe(0)
  await page.context().close()

  const other = await mark('/mark?as=ana&state=numbers')
  await other.getByRole('button', { name: 'Cover all' }).waitFor()
  await other.keyboard.press('m')
  await expect.poll(() => said(other)).toBe('2 covered.')
  await other.keyboard.press('Enter')
  await expect.poll(() => darkIn(other, EMAIL)).toBe(1)
  await other.context().close()
})

test('by keys an account is uncovered from the list, and a card is not', async () => {
  const page = await mark('/mark?as=ana&state=numbers')
  await page.getByRole('button', { name: 'One by one' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByRole('menuitem', { name: /Uncover the card number/ }).getAttribute('aria-disabled')).toBe('true')
  await page.getByRole('menuitem', { name: 'Uncover the IBAN' }).press('Enter')
  await expect.poll(() => said(page)).toBe('Uncovered. It will be readable.')
  // Undoing everything there is uncovers no card.
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z')
  await page.getByRole('application').press('Enter')
  await expect.poll(() => darkIn(page, CARD)).toBe(1)
  await page.context().close()
})

test('the board opens while the picture is searched, and the picture leaves only afterwards', async () => {
  const page = await mark('/mark?as=ana&state=looking')
  await page.keyboard.press('b')
  await page.keyboard.press('Space')
  await expect.poll(() => said(page)).toBe('Box placed. 3 marks.')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Looking for card numbers' }).waitFor()
  await expect.poll(() => page.evaluate(() => 'picture' in window)).toBe(false)
  await page.evaluate(() => window.dispatchEvent(new Event('looked')))
  await expect.poll(() => darkIn(page, CARD)).toBe(1)
  await page.context().close()
})

test('a picture that could not be searched waits for nobody, and says that one has to look oneself', async () => {
  const page = await mark('/mark?as=ana&state=failed')
  await page.getByText('could not be searched for card numbers').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => left(page, [])).toMatchObject({ width: 1280, height: 720 })
  await page.context().close()
})

/** The digits that a text engine reads in a picture, without what stands between them. */
function digitsIn(png: Buffer): string {
  const read = execFileSync('tesseract', ['stdin', 'stdout', '-l', 'eng', '--psm', '11', '--dpi', '110'], { input: png, env: { ...process.env, OMP_THREAD_LIMIT: '1' }, stdio: ['pipe', 'pipe', 'ignore'] })
  return read.toString().replaceAll(/[^0-9\n]/g, '')
}

test('a text engine that reads the card in the screen reads none in the bytes that leave', async () => {
  const screen = readFileSync(new URL('../../src/host/fake/media/screen.png', import.meta.url))
  expect(digitsIn(screen)).toContain('4111111111111111')
  const page = await mark('/mark?as=ana&state=numbers')
  await page.getByText('Covered: 1 card number').waitFor()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => 'picture' in window)
  const bytes = await page.evaluate(async () => [...new Uint8Array(await (window as unknown as { picture: Blob }).picture.arrayBuffer())])
  const read = digitsIn(Buffer.from(bytes))
  expect(read).toContain('4711')
  expect(read).not.toMatch(/1{4}/)
  await page.context().close()
})
