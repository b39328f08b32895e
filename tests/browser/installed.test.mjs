/** The page can be installed as an app of its own, from the real server. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import { Server } from './support/server.mjs'
import { settled } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

let server
let context
const profile = mkdtempSync(join(tmpdir(), 'deskside-installed-'))
before(async () => {
  server = await Server.start()
  // Nothing is installed from a private window, and every context beside the first is one.
  context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] })
})
after(async () => {
  await context?.close()
  await server?.stop()
  rmSync(profile, { recursive: true, force: true })
})

test('the browser has nothing against installing it, and it has a name, an icon and a window', async () => {
  const page = await context.newPage()
  await page.goto((await server.links()).Ana)
  await settled(page)
  const browser = await context.newCDPSession(page)
  const missing = async () => (await browser.send('Page.getInstallabilityErrors')).installabilityErrors.map(({ errorId }) => errorId)
  await eventually(missing, (errors) => errors.length === 0, 'what is missing to be installed')
  const { errors, data } = await browser.send('Page.getAppManifest')
  assert.deepEqual(errors, [])
  const manifest = JSON.parse(data)
  assert.equal(manifest.name, 'Deskside')
  assert.equal(manifest.display, 'standalone')
  for (const { src, sizes, type } of manifest.icons) {
    const icon = await page.request.get(new URL(src, page.url()).href)
    assert.equal(icon.headers()['content-type'], type, src)
    if (type === 'image/png') assert.equal(`${(await icon.body()).readUInt32BE(16)}x${(await icon.body()).readUInt32BE(20)}`, sizes, src)
  }
})
