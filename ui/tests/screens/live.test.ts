/** A clip that still grows, in Chromium: joined late, followed, sought in, changed over. WebKitGTK is in `npm run proof`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server } from 'node:http'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
// @ts-expect-error the proof is plain JavaScript
import { layOut, make } from '../../proofs/growing/clip.mjs'
// @ts-expect-error the proof is plain JavaScript
import { serve } from '../../proofs/growing/server.mjs'
import { launch } from './browser'

const PORT = Number(process.env['LIVE_PORT'] ?? 5321)
const folder = mkdtempSync(join(tmpdir(), 'live-'))
let server: Server
let page: Page

const call = (verb: string, ...values: unknown[]) =>
  page.evaluate(([name, args]) => (window as unknown as { proof: Record<string, (...args: unknown[]) => Promise<Record<string, number>>> }).proof[name as string]?.(...(args as unknown[])), [verb, values] as const) as Promise<Record<string, number>>

beforeAll(async () => {
  const file = join(folder, 'clip.webm')
  make(file, { seconds: 24, audio: true })
  const result = (await build({
    logLevel: 'error', configFile: false,
    build: { write: false, minify: false, lib: { entry: join(import.meta.dirname, '../../proofs/growing/page.ts'), formats: ['es'], fileName: 'page' } },
  })) as Rolldown.RolldownOutput[]
  const html = '<!doctype html><meta charset="utf-8"><title>proof</title><video muted playsinline width="640"></video><script type="module" src="/page.js"></script>'
  server = await serve({ port: PORT, clip: layOut(file), hold: true, page: { html, js: result[0]?.output[0].code } })
  page = await (await launch()).newPage()
  await page.goto(`http://127.0.0.1:${PORT}/`)
})
afterAll(async () => {
  await page.context().browser()?.close()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

test('joined late, it shows what was recorded less than three seconds ago', async () => {
  await fetch(`http://127.0.0.1:${PORT}/begin`)
  // Four seconds of the clip have to be recorded first.
  await expect
    .poll(async () => {
      const { begun, now } = (await (await fetch(`http://127.0.0.1:${PORT}/clock`)).json()) as { begun: number; now: number }
      return now - begun
    }, { timeout: 10_000 })
    .toBeGreaterThan(4300)
  await call('join', 'edge')
  const age = await call('age', 4)
  expect(age['p95']).toBeLessThan(3)
})

test('one can look back while it grows and return to the edge', async () => {
  const back = await call('seek', 1)
  expect(back['picture']).toBeLessThan(4)
  const edge = await call('edge')
  expect(edge['age']).toBeLessThan(3)
})

test('it changes over to the finished file without losing its place', async () => {
  await fetch(`http://127.0.0.1:${PORT}/finish`)
  const swap = await call('finish')
  expect(Math.abs((swap['after'] ?? 0) - (swap['before'] ?? 99))).toBeLessThan(0.2)
  expect(swap['duration']).toBeCloseTo(24, 0)
  const there = await call('seek', 20)
  expect(Math.abs((there['picture'] ?? 0) - 20)).toBeLessThan(1)
})
