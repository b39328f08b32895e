/**
 * What a person waits for at the desk, measured on the real app and the real server: `cargo xtask bench app`.
 *
 * `start`: from exec to the inbox painted, with a profile that has been signed in before. `caret`: from the key press to
 * the painted caret of the question. `kept`: from Enter to "sending", which the app says once the question is on its disk.
 * `card`: from Enter to the painted row in a second person's browser. All clocks are this machine's. One JSON line per
 * figure.
 * `DESKSIDE_BENCH_ROUNDS` says how often (40), `DESKSIDE_BENCH_STARTS` how many starts (10).
 */

import { settled } from '../browser/support/team.mjs'
import { Story } from '../desktop/support/story.mjs'
import { tell } from './support/figures.mjs'

const rounds = Number(process.env.DESKSIDE_BENCH_ROUNDS ?? 40)
const starts = Number(process.env.DESKSIDE_BENCH_STARTS ?? 10)

const story = new Story()
await story.begin()
try {
  const desk = await story.desk('ana', { width: 1920, height: 1080 })
  await measureStart(desk)
  await measureQuestion(desk)
} finally {
  await story.end()
}

async function measureStart(desk) {
  const first = await story.app(desk, 'Ana')
  await first.app.quit()
  const times = []
  for (let i = 0; i < starts; i += 1) {
    const app = await story.start(desk, [])
    const main = await app.page('main')
    const painted = await main.until(() => performance.getEntriesByName('inbox')[0] && performance.timeOrigin + performance.getEntriesByName('inbox')[0].startTime, 'the inbox')
    times.push(painted - app.startedAt)
    await app.quit()
  }
  tell('start to the inbox', times, 1500)
}

async function measureQuestion(desk) {
  const { app } = await story.app(desk, 'Ana', { args: [] })
  const overlay = await app.page('overlay')
  const sam = await story.team.signIn('Sam')
  // Only rows in sight are in the page, and each round adds one.
  await sam.setViewportSize({ width: 1280, height: 600 + rounds * 64 })
  await settled(sam)
  // Each row is stamped when it has been painted, in the browser's own clock.
  await sam.evaluate(() => {
    window.rows = new Map()
    new MutationObserver(() => {
      for (const row of document.querySelectorAll('[data-list] a')) {
        const round = /Round (\d+)\b/.exec(row.innerText)?.[1]
        if (!round || window.rows.has(round)) continue
        window.rows.set(round, 0)
        requestAnimationFrame(() => requestAnimationFrame(() => window.rows.set(round, Date.now())))
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  // In the app: when the caret was painted, when Enter came down, when the receipt first said that it is on disk.
  await overlay.run(() => {
    const now = () => performance.timeOrigin + performance.now()
    window.seen = {}
    document.addEventListener('focusin', ({ target }) => {
      if (target.tagName === 'TEXTAREA') requestAnimationFrame(() => requestAnimationFrame(() => (window.seen.caret ??= document.hasFocus() ? now() : undefined)))
    })
    window.addEventListener('focus', () => {
      if (document.activeElement?.tagName === 'TEXTAREA') requestAnimationFrame(() => requestAnimationFrame(() => (window.seen.caret ??= now())))
    })
    document.addEventListener('keydown', ({ key }) => key === 'Enter' && (window.seen.enter = now()), true)
    new MutationObserver(() => {
      const said = document.querySelector('[role=status]')?.innerText ?? ''
      if (/sending|saved here|^With /.test(said.trim())) window.seen.kept ??= now()
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  const notes = await desk.otherWindow('notes')
  const [caret, kept, card] = [[], [], []]
  for (let round = 1; round <= rounds; round += 1) {
    await overlay.run(() => (window.seen = {}))
    const pressed = desk.key('ctrl+shift+space')
    caret.push((await overlay.until(() => window.seen.caret, 'the caret')) - pressed)
    await desk.type(`Round ${round} of the bench`)
    desk.key('Return')
    const seen = await overlay.until(() => window.seen.enter && window.seen.kept && window.seen, 'the receipt')
    kept.push(seen.kept - seen.enter)
    const arrived = await sam.waitForFunction((round) => window.rows.get(round), String(round))
    card.push((await arrived.jsonValue()) - seen.enter)
    await overlay.until(() => document.visibilityState === 'hidden', 'the overlay away')
    await notes.focus()
  }
  tell('hotkey to the caret', caret, 150)
  tell('Enter to kept on this disk', kept, 100)
  tell("Enter to a colleague's row", card, 300)
}
