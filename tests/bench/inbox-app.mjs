/**
 * The inbox of a busy floor in the real app (WebKitGTK) on the real server: 5,000 open requests at a desk that Sam helps,
 * and 200 changes a second by somebody else. How long the main thread works for one picture while Sam scrolls, and how
 * long a change takes from the moment its sender gives it to its pixel at Sam's: `cargo xtask bench inbox-app`.
 * `inbox` measures the same page in Chromium, on a wire of its own.
 */

import { Story } from '../desktop/support/story.mjs'
import { eventually } from '../browser/support/waiting.mjs'
import { Sender } from './inbox/sender.mjs'
import { tell } from './support/figures.mjs'
import { atRest, MainThread, perPicture } from './support/main_thread.mjs'

const REQUESTS = Number(process.env.REQUESTS ?? 5000)
const RATE = Number(process.env.RATE ?? 200)
const SECONDS = Number(process.env.SECONDS ?? 10)
/** A row of the list, in CSS pixels. */
const ROW = 60

const story = new Story()
await story.begin()
try {
  const [ada, ana] = [await Sender.of(story.server, 'Ada', 1), await Sender.of(story.server, 'Ana', 6)]
  const floor = await ada.opensDesk('Busy floor')
  const requests = await ana.asks(floor, REQUESTS)
  const desk = await story.desk('sam', { width: 1920, height: 1080 })
  const { app, main } = await story.app(desk, 'Sam')
  const height = () => main.run(() => document.querySelector('[data-list] ul')?.offsetHeight ?? 0)
  await eventually(height, (pixels) => pixels >= REQUESTS * ROW, `${REQUESTS} requests in the inbox`, 120_000)
  await lookAtList(desk, main)
  // What 5,000 questions leave to do is not the work of 200 changes a second.
  await atRest(story.server.pid)
  const clock = await MainThread.of(app, main)

  let sending = ana.changes(RATE, () => requests[Math.floor(Math.random() * requests.length)])
  await main.run(() => {
    window.pictures = []
    const look = (now) => window.pictures.push(performance.timeOrigin + now) && (window.looking = requestAnimationFrame(look))
    window.looking = requestAnimationFrame(look)
  })
  clock.begin()
  await scroll(desk, SECONDS)
  const account = await clock.end()
  const pictures = await main.run(() => (cancelAnimationFrame(window.looking), window.pictures))
  const during = await sending.end()
  if (during.sent < RATE * SECONDS * 0.9) throw new Error(`only ${during.sent} changes were sent in ${SECONDS} s`)
  const work = perPicture(account, pictures)
  if (work.length < SECONDS * 10) throw new Error(`only ${work.length} pictures in ${SECONDS} s: nothing was scrolled`)
  tell('main thread per picture while scrolling', work, 8)

  // Half of the changes meet rows in sight, so that there is enough to measure.
  await main.run(() => {
    document.querySelector('[data-list]').scrollTop = 0
  })
  const seen = await eventually(() => main.run(() => [...document.querySelectorAll('[data-list] a')].map((row) => row.id.slice('row-'.length))), (ids) => ids.length > 5, 'rows')
  await watchPixels(main)
  sending = ana.changes(RATE, () => {
    const among = Math.random() < 0.5 ? seen : requests
    return among[Math.floor(Math.random() * among.length)]
  })
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000))
  const { given } = await sending.end()
  const stamps = await main.run(() => window.stamps)
  const late = stamps.flatMap(([id, words, at]) => (given.has(`${id} ${words}`) ? [at - given.get(`${id} ${words}`)] : []))
  if (late.length < SECONDS * 5) throw new Error(`only ${late.length} changes were seen (${stamps.length} stamps)`)
  tell('change to pixel', late, 100)
} finally {
  await story.end()
}

async function lookAtList(desk, main) {
  const { x, y } = await main.run(() => {
    const { left, top, width, height } = document.querySelector('[data-list]').getBoundingClientRect()
    return { x: left + width / 2, y: top + height / 2 }
  })
  const [id] = await desk.shown('Deskside')
  await desk.run('xdotool', 'windowactivate', id)
  await desk.run('xdotool', 'mousemove', '--window', id, Math.round(x), Math.round(y))
}

/** Turns the wheel down and up again, as fast as a hand does. */
async function scroll(desk, seconds) {
  for (const button of [5, 4]) await desk.run('xdotool', 'click', '--repeat', seconds * 15, '--delay', 33, button)
}

/** Stamps each row's words with the second picture after they came: it is surely on the screen. */
function watchPixels(main) {
  return main.run(() => {
    window.stamps = []
    const known = new Map()
    const look = () => {
      for (const row of document.querySelectorAll('[data-list] a')) {
        const said = /\b[A-Z][a-z]{2} \d\d:\d\d/.exec(row.textContent)?.[0]
        if (!said || known.get(row.id) === said) continue
        known.set(row.id, said)
        requestAnimationFrame(() => requestAnimationFrame((now) => window.stamps.push([row.id.slice('row-'.length), said, performance.timeOrigin + now])))
      }
    }
    look()
    new MutationObserver(look).observe(document.querySelector('[data-list]'), { subtree: true, childList: true, characterData: true })
    return true
  })
}
