/** A browser for the tests, and the checks that every screen has to pass. */

import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'] })
}

/** A screenshot with few colours: screens have few, and the repository stays small. */
export async function shoot(page: Page, file: string): Promise<void> {
  await page.screenshot({ path: `${file}.tmp.png` })
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', `${file}.tmp.png`, '-vf', 'split[a][b];[a]palettegen=max_colors=200:stats_mode=single:reserve_transparent=0[p];[b][p]paletteuse=dither=none', file])
  rmSync(`${file}.tmp.png`)
}

export interface Look {
  width?: number
  height?: number
  theme?: 'light' | 'dark'
  /** The clock stands still, so that a picture of the screen is the same tomorrow; timers go on. */
  still?: boolean
}

export async function open(browser: Browser, path: string, look: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  if (look.still) await page.clock.setFixedTime(new Date('2026-11-24T13:23:00Z'))
  page.on('pageerror', (error) => {
    throw error
  })
  await page.goto(inject('address').replace(/\/$/, '') + path)
  await shown(page)
  return page
}

/** The window and the screen in it have come: what is not there after this is not there. */
async function shown(page: Page): Promise<void> {
  await page.waitForFunction(() => document.fonts.status === 'loaded' && document.querySelector('#root')?.childElementCount !== 0 && !document.querySelector('[data-coming]'))
}

interface Finding {
  id: string
  impact: string | null
  nodes: { html: string; failureSummary?: string }[]
}

/** No serious or critical finding of the accessibility checker. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource)
  const findings = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: Finding[] }> } }
    return (await axe.run({ resultTypes: ['violations'] })).violations
  })
  const serious = findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`).join(' | ')}`)
  expect(serious).toEqual([])
}
