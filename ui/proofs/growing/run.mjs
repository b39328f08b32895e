// Proof: a clip that still grows is followed, joined late, sought in and changed over to its finished form, in both engines.
// Usage: DISPLAY=:N node proofs/growing/run.mjs [chromium|webkit] [case ...]   Prints one JSON line per figure.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { layOut, make } from './clip.mjs'
import { openChromium, openWebKit } from './browsers.mjs'
import { serve } from './server.mjs'

const MINI_BROWSER = process.env.MINI_BROWSER ?? `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-4.1/MiniBrowser`
const PORT = Number(process.env.PROOF_PORT ?? 5310)
const STILL = [[11, 15], [19, 20.5]]
const CASES = {
  'sound, open answer': { audio: true, hold: true },
  'sound, asked again': { audio: true, hold: false },
  'silent, open answer': { audio: false, hold: true },
  'still screen': { audio: false, hold: true, still: STILL },
  'still screen, then a key frame': { audio: false, hold: true, still: STILL, keyAt: '15,20.5' },
  'still screen, twice a second': { audio: false, hold: true, still: STILL, keep: 15 },
  'still screen with sound': { audio: true, hold: true, still: STILL },
}

const [engine, ...wanted] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'growing-'))
const page = await bundle()
try {
  for (const [name, how] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.some((word) => name.startsWith(word))) continue
    const file = join(folder, 'clip.webm')
    make(file, { seconds: 40, ...how })
    const clip = layOut(file)
    for (const open of [openChromium, openWebKit]) {
      if (engine && !open.name.toLowerCase().includes(engine)) continue
      await one(name, how, clip, open)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}

async function one(name, { hold, still = [] }, clip, open) {
  const server = await serve({ port: PORT, page, clip, hold })
  const origin = `http://127.0.0.1:${PORT}`
  const browser = await open(`${origin}/`, { port: PORT + 1, miniBrowser: MINI_BROWSER })
  const say = (what, figures) => console.log(JSON.stringify({ case: name, browser: browser.name, what, ...round(figures) }))
  const step = async (what, run) => {
    try {
      say(what, await run())
    } catch (error) {
      say(what, { failed: String(error.message ?? error).split('\n')[0], page: await browser.call('describe').catch(() => '') })
    }
  }
  try {
    await fetch(`${origin}/begin`)
    await new Promise((resolve) => setTimeout(resolve, 8_300))
    await step('join 8 s late, at the edge', () => browser.call('join', 'edge'))
    await step('age of the picture over 14 s', () => browser.call('age', 14, still))
    await step('seek back to 3 s while it grows', () => browser.call('seek', 3))
    await step('back to the edge', () => browser.call('edge'))
    await fetch(`${origin}/stall`)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await step('recorder silent for 3 s', async () => ({ state: JSON.stringify(await browser.call('state')) }))
    await fetch(`${origin}/resume`)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await step('age of the picture after the silence', () => browser.call('age', 3))
    await fetch(`${origin}/finish`)
    await step('change over to the finished file', () => browser.call('finish'))
    for (const to of [20, 36, 4, 29]) await step(`seek in the finished file to ${to} s`, () => browser.call('seek', to))
  } finally {
    await browser.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

async function bundle() {
  const result = await build({
    logLevel: 'error',
    configFile: false,
    build: { write: false, minify: false, lib: { entry: join(import.meta.dirname, 'page.ts'), formats: ['es'], fileName: 'page' } },
  })
  const html = '<!doctype html><meta charset="utf-8"><title>proof</title><video muted playsinline width="640"></video><script type="module" src="/page.js"></script>'
  return { html, js: result[0].output[0].code }
}

function round(figures) {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, typeof value === 'number' ? Math.round(value * 100) / 100 : value]))
}
