/**
 * The inbox of a busy floor in Chromium: 5,000 open requests and 200 changes a second. How long the main thread works for
 * one picture while somebody scrolls, and how long a change takes from the wire to the screen. The built page is measured;
 * both figures come from Chromium's own trace and clock.
 */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { serve } from './inbox/floor.mjs'
import { tell } from './support/figures.mjs'

const root = join(import.meta.dirname, '../..')
const { chromium } = createRequire(join(root, 'ui/package.json'))('playwright-core')
const ui = process.env.DESKSIDE_UI ?? join(root, 'ui/dist')
if (!existsSync(join(ui, 'index.html'))) throw new Error('build the UI first: `npm run build` in ui/')

const REQUESTS = Number(process.env.REQUESTS ?? 5000)
const RATE = Number(process.env.RATE ?? 200)
const SECONDS = Number(process.env.SECONDS ?? 10)

const floor = await serve({ ui, requests: REQUESTS, changesPerSecond: RATE })
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] })
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(error.message))
  const opened = performance.now()
  await page.goto(floor.address)
  await page.locator('[data-list] a').first().waitFor()
  tell('snapshot to a usable inbox', [performance.now() - opened])

  const random = seeded(Number(process.env.SEED ?? 7))
  let stop = floor.begin((requests) => requests[Math.floor(random() * requests.length)])
  const tools = await page.context().newCDPSession(page)
  const events = await traced(tools, () => scroll(tools, SECONDS))
  stop()
  const { work, frames } = perPicture(events)
  if (frames < SECONDS * 10) throw new Error(`only ${frames} pictures in ${SECONDS} s: nothing was scrolled`)
  tell('main thread per picture while scrolling', work, 8, { pictures: frames })

  // Half of the changes meet rows in sight, so that there is enough to measure.
  await page.locator('[data-list]').evaluate((list) => (list.scrollTop = 0))
  const seen = await page.evaluate(() => [...document.querySelectorAll('[data-list] a')].map((row) => row.id.slice('row-'.length)))
  const inSight = floor.floor.requests.filter(({ id }) => seen.includes(id))
  await watchPixels(page)
  stop = floor.begin((requests) => (random() < 0.5 ? inSight[Math.floor(random() * inSight.length)] : requests[Math.floor(random() * requests.length)]))
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000))
  const sent = stop()
  const late = await page.evaluate(() => window.late)
  if (late.length < SECONDS * 5) throw new Error(`only ${late.length} changes were seen of ${sent}`)
  tell('change to pixel', late, 100, { sent })
  if (errors.length > 0) throw new Error(errors.join('\n'))
} finally {
  await browser.close()
  floor.close()
}

/** Scrolls like a wheel does, down and up again, as Chromium synthesises it. */
async function scroll(tools, seconds) {
  const distance = seconds * 1200
  for (const yDistance of [-distance / 2, distance / 2]) {
    await tools.send('Input.synthesizeScrollGesture', { x: 300, y: 500, yDistance, speed: 1200, gestureSourceType: 'mouse' })
  }
}

async function traced(tools, act) {
  const events = []
  tools.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  await tools.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'] } })
  await act()
  const complete = new Promise((resolve) => tools.once('Tracing.tracingComplete', resolve))
  await tools.send('Tracing.end')
  await complete
  return events
}

/** The page's main thread: what its tasks took between one picture and the next. */
function perPicture(events) {
  const names = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const drawn = (thread) => events.filter(({ name, pid, tid }) => name === 'Commit' && pid === thread.pid && tid === thread.tid)
  const main = names.map((thread) => ({ ...thread, pictures: drawn(thread) })).sort((a, b) => b.pictures.length - a.pictures.length)[0]
  const tasks = events
    .filter(({ name, pid, tid, ph, dur }) => (name === 'RunTask' || name === 'ThreadControllerImpl::RunTask') && ph === 'X' && dur && pid === main.pid && tid === main.tid)
    .sort((a, b) => a.ts - b.ts)
  const begins = main.pictures.map(({ ts }) => ts).sort((a, b) => a - b)
  const work = new Array(Math.max(0, begins.length - 1)).fill(0)
  let at = 0
  let end = 0
  for (const { ts, dur, tdur } of tasks) {
    // Tasks nest; only the outermost counts.
    if (ts < end) continue
    end = ts + dur
    while (at + 1 < begins.length && begins[at + 1] <= ts) at += 1
    // The thread's own time: what other programs took of the processor meanwhile is not the page's work.
    if (ts >= begins[0] && at < work.length) work[at] += (tdur ?? dur) / 1000
  }
  return { work, frames: begins.length }
}

/** Each change carries when it was sent; the second picture after its words changed is surely on the screen. */
function watchPixels(page) {
  return page.evaluate(() => {
    window.late = []
    const known = new Map()
    const look = () => {
      for (const row of document.querySelectorAll('[data-list] a')) {
        const sent = / · ([\d.]+)/.exec(row.textContent)?.[1]
        if (!sent || known.get(row.id) === sent) continue
        const first = !known.has(row.id)
        known.set(row.id, sent)
        if (!first) requestAnimationFrame(() => requestAnimationFrame((now) => window.late.push(performance.timeOrigin + now - Number(sent))))
      }
    }
    look()
    new MutationObserver(look).observe(document.querySelector('[data-list]'), { subtree: true, childList: true, characterData: true })
  })
}

function seeded(state) {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
