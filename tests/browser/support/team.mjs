/** People at their browsers: each with cookies, storage and a window of their own, all on one server. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { Server } from './server.mjs'
import { eventually } from './waiting.mjs'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * A refusal or a server that is away is part of these stories; the console tells of them once more. So does Chromium when
 * somebody asks for microphones: it looks at cameras too, and those are forbidden here.
 */
const EXPECTED = /status of 4\d\d|net::ERR_|WebSocket connection|camera is not allowed/

export class Team {
  #contexts = []
  /** Errors that pages raised, by whom. */
  errors = []

  constructor(server, browser) {
    this.server = server
    this.browser = browser
  }

  /** `more`: further switches of the browser, for stories that need a screen or a microphone. `how`: see `Server.start`. */
  static async gather(more = [], how) {
    const server = await Server.start(how)
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic', ...more],
    })
    return new Team(server, browser)
  }

  async goHome() {
    await this.browser.close()
    await this.server.stop()
  }

  /** A fresh browser that nobody has signed in to. */
  async stranger(name, look = {}) {
    const context = await this.browser.newContext({
      viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
      colorScheme: look.theme ?? 'light',
      reducedMotion: 'reduce',
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
      permissions: ['clipboard-read', 'clipboard-write'],
      hasTouch: look.touch ?? false,
      // A server may be its own authority.
      ignoreHTTPSErrors: true,
    })
    this.#contexts.push(context)
    // A call link leads out of this test; what would open is looked at, not opened.
    await context.route((url) => url.origin !== this.server.address, (route) => route.fulfill({ status: 200, contentType: 'text/html', body: 'elsewhere' }))
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => this.errors.push(`${name}: ${error.message}`))
    page.on('response', (response) => response.status() >= 500 && this.errors.push(`${name}: ${response.status()} ${response.url()}`))
    page.on('console', (message) => message.type() === 'error' && !EXPECTED.test(message.text()) && this.errors.push(`${name}: ${message.text()}`))
    return page
  }

  /** Ana, Sam or Ada, signed in by their one-click link. */
  async signIn(name, look) {
    const page = await this.stranger(name, look)
    await page.goto((await this.server.links())[name])
    await signedIn(page)
    return page
  }

  /** Anybody else: an admin makes them a one-time password link, as for somebody who forgot it. */
  async signInWithPasswordLink(admin, name, look) {
    const link = await admin.evaluate(async (name) => {
      const snapshot = await (await fetch('/api/v1/snapshot')).json()
      const person = snapshot.entities.find((entity) => entity.entity === 'person' && entity.name === name)
      const answer = await fetch(`/api/v1/people/${person.id}/password-link`, { method: 'POST' })
      return (await answer.json()).link
    }, name)
    const page = await this.stranger(name, look)
    await page.goto(link)
    await page.getByLabel('New password').fill('a long enough password')
    await page.keyboard.press('Enter')
    await signedIn(page)
    return page
  }
}

/** Past the page that a link signs in on, which has a main part, too. */
export async function signedIn(page) {
  await page.getByRole('navigation', { name: 'Deskside' }).waitFor()
  await settled(page)
}

/** The main window is there and the first snapshot has come. */
export async function settled(page) {
  await page.getByRole('navigation', { name: 'Deskside' }).or(page.getByRole('main')).first().waitFor()
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.fonts.status === 'loaded')
}

/** Asks from anywhere, also while the composer has the keys. */
export async function ask(page, words, { urgency = 'today' } = {}) {
  await page.getByRole('navigation', { name: 'Deskside' }).getByRole('button', { name: 'Ask for help' }).click()
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press(`Control+${{ live: 1, today: 2, whenever: 3 }[urgency]}`)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** A command as somebody's own program would give it, for what their screen offers only for later. */
export async function command(page, kind, args) {
  const status = await page.evaluate(
    async ([kind, args]) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
      return (await fetch(`/api/v1/commands/${kind}`, { method: 'POST', headers, body: JSON.stringify(args) })).status
    },
    [kind, args],
  )
  if (status !== 200) throw new Error(`${kind}: ${status}`)
}

/** The request's row in the list, whoever asked. */
export function row(page, words) {
  return page.locator('[data-list] a').filter({ hasText: words })
}

export function thread(page) {
  return page.getByRole('region', { name: 'Thread' })
}

/** Serious and critical findings of the accessibility checker, as sentences. */
export async function findings(page) {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { violations } = await window.axe.run({ resultTypes: ['violations'] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(' | ')}`)
  })
}

/** The last clip of the open thread, once it plays. */
export async function playing(page) {
  const video = thread(page).locator('video').last()
  await video.waitFor()
  await eventually(
    () => video.evaluate(async (element) => {
      element.muted = true
      if (element.paused) await element.play().catch(() => undefined)
      return element.error?.message ?? element.currentTime
    }),
    (at) => at > 0.5,
    'the clip plays',
    20_000,
  )
  return video
}
