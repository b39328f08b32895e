/**
 * A clip recorded by Firefox, which makes other WebM than Chromium, watched in Chromium; and what Firefox does where there
 * is no loudspeaker. Firefox is steered through its own remote protocol, in a window of this display.
 */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import puppeteer from 'puppeteer-core'
import { ask, playing, row, Team } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

const FIREFOX = '/usr/bin/firefox-esr'
const skip = !existsSync(FIREFOX) && `no ${FIREFOX} here: \`cargo xtask setup\` installs it`

let team
let sam
const folder = mkdtempSync(join(tmpdir(), 'deskside-firefox-'))
const sound = { PULSE_SERVER: `unix:${join(folder, 'pulse')}` }
let server
before(async () => {
  if (skip) return
  const modules = ['module-null-sink', `module-native-protocol-unix socket=${join(folder, 'pulse')} auth-anonymous=1`]
  server = spawn('pulseaudio', ['-n', '--exit-idle-time=-1', '--daemonize=no', ...modules.map((module) => `--load=${module}`)], {
    stdio: 'ignore',
    env: { ...process.env, PULSE_RUNTIME_PATH: folder },
  })
  await eventually(() => existsSync(join(folder, 'pulse')), Boolean, 'a sound server', 20_000)
  team = await Team.gather()
  sam = await team.signIn('Sam')
})
after(async () => {
  server?.kill()
  await team?.goHome()
  rmSync(folder, { recursive: true, force: true })
})

/** Ana in a Firefox of her own that shows its whole screen to whoever asks, at the request that says so. */
async function ana(words, env) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: false,
    env: { ...process.env, ...env },
    extraPrefsFirefox: { 'media.navigator.permission.disabled': true },
  })
  const page = await browser.newPage()
  await page.goto((await team.server.links()).Ana)
  await page.waitForSelector('nav')
  const id = await eventually(
    () => page.evaluate(async (words) => {
      const snapshot = await (await fetch('/api/v1/snapshot')).json()
      return snapshot.entities.find((row) => row.entity === 'request' && row.text === words)?.id
    }, words),
    Boolean, 'the request', 20_000,
  )
  await page.goto(`${team.server.address}/r/${id}`)
  const press = async (name) => {
    const find = () => page.evaluateHandle((name) => [...document.querySelectorAll('button')].find((button) => (button.ariaLabel ?? button.innerText).trim().startsWith(name)) ?? null, name)
    const button = await eventually(async () => (await find()).asElement(), Boolean, `the button ${name}`, 20_000)
    await button.click()
  }
  const says = (words) => eventually(() => page.evaluate(() => document.body.innerText), (text) => text.includes(words), words, 30_000)
  const clips = () => page.evaluate(async () => (await (await fetch('/api/v1/snapshot')).json()).entities.filter((row) => row.entity === 'clip'))
  return { browser, page, press, says, clips }
}

async function begin({ press }) {
  await press('Record a clip')
  await press('Choose what to show')
  await press('Start now')
}

test('Ana records in Firefox; Sam watches it in Chromium', { skip }, async () => {
  const words = 'Firefox shows the button grey'
  const asker = await team.signIn('Ana')
  await ask(asker, words)
  const firefox = await ana(words, sound)
  try {
    await begin(firefox)
    await firefox.says('0:03')
    await firefox.press('Stop')
    const clip = await eventually(async () => (await firefox.clips()).at(-1), (clip) => clip?.state === 'finished', 'the finished clip', 30_000)
    assert.ok(clip.duration_ms > 2_000, `${clip.duration_ms} ms`)
    await row(sam, words).click()
    const video = await playing(sam)
    assert.ok(await video.evaluate((element) => Number.isFinite(element.duration) && element.videoWidth > 0))
  } finally {
    await firefox.browser.close()
  }
})

test('where Firefox gives no pictures, Ana is told, and no clip is left', { skip }, async () => {
  const words = 'Firefox has no loudspeaker'
  const asker = await team.signIn('Ana')
  await ask(asker, words)
  const firefox = await ana(words, { PULSE_SERVER: `unix:${join(folder, 'nobody')}` })
  try {
    await begin(firefox)
    await firefox.says('No picture came')
    const clip = await eventually(async () => (await firefox.clips()).at(-1), (clip) => clip?.state === 'discarded', 'the clip to be gone', 20_000)
    assert.deepEqual([clip.request, clip.bytes], [null, 0])
  } finally {
    await firefox.browser.close()
  }
})
