/**
 * A clip over a bad network, with the real app, recorder and server: `cargo xtask bench far`.
 *
 * Ana's app reaches the server only over `support/far.py`; Sam is beside it. `loss`: 150 ms there and back, 3 % of the
 * packets lost each way. `cuts`: the connection is cut a hundred times while the clip is recorded. Somebody types all the
 * while. `link` is from Stop to a video that plays at Sam's; then the server's bytes must be those on Ana's disk.
 * `DESKSIDE_BENCH_SECONDS` says how long a clip is (90), `DESKSIDE_BENCH_CUTS` how many cuts; needs root.
 */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { linkSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { settled } from '../browser/support/team.mjs'
import { eventually } from '../browser/support/waiting.mjs'
import { end } from '../desktop/support/machine.mjs'
import { Story } from '../desktop/support/story.mjs'
import { tell } from './support/figures.mjs'
import { copyLink, playable, pressStop, recordDisplay } from './support/link.mjs'

const length = Number(process.env.DESKSIDE_BENCH_SECONDS ?? 90)
const wanted = Number(process.env.DESKSIDE_BENCH_CUTS ?? 100)
/** Typing as fast as a person does, in a window like a ticket's. */
const TYPING = 'while :; do for word in The customer was promised a refund for the second invoice; do printf "%s " "$word"; sleep 0.2; done; done'

class Way {
  static async to(port, ...how) {
    const way = new Way()
    way.child = spawn('python3', [resolve(import.meta.dirname, 'support/far.py'), port, ...how], { stdio: ['pipe', 'pipe', 'inherit'] })
    way.said = createInterface({ input: way.child.stdout })[Symbol.asyncIterator]()
    way.address = (await way.said.next()).value
    if (!way.address) throw new Error('there is no way: it needs root and /dev/net/tun')
    return way
  }

  async cuts() {
    this.child.stdin.write('\n')
    return Number((await this.said.next()).value)
  }

  async end() {
    this.child.stdin.end()
    await end(this.child, 'SIGCONT', 30_000)
  }
}

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex')

async function measure(figure, ...how) {
  const story = new Story()
  await story.begin()
  const way = await Way.to(new URL(story.server.address).port, ...how)
  try {
    const desk = await story.desk('ana', { width: 1920, height: 1080 })
    const link = new URL((await story.server.links()).Ana)
    link.host = way.address
    const app = await story.start(desk, ['--sign-in', link.href])
    const main = await app.page('main')
    const isThere = () => Boolean(document.querySelector('[data-list]') && !document.querySelector('[aria-busy=true]'))
    await eventually(() => main.run(isThere), Boolean, 'the inbox', 120_000)
    const sam = await story.team.signIn('Sam')
    await settled(sam)
    desk.spawn('xterm', ['-geometry', '120x40+60+80', '-e', 'sh', '-c', TYPING])

    const bar = await recordDisplay(desk, app)
    const began = Date.now()
    const id = (await copyLink(desk, bar)).split('/').at(-1)
    await bar.press('button', 'Let someone watch')
    await bar.press('button', /^Sam/)
    // The app throws its file away once the server has it whole.
    const kept = join(desk.folder, 'kept.webm')
    linkSync(join(desk.folder, 'profile/clips', `${id}.webm`), kept)
    await new Promise((resolve) => setTimeout(resolve, length * 1000))
    await eventually(() => way.cuts(), (cuts) => !how.includes('--cuts') || cuts >= wanted, 'the cuts', 600_000)
    const lasted = (Date.now() - began) / 1000
    const stopped = await pressStop(bar)
    const played = await playable(sam, id, lasted * 0.9)
    const there = Buffer.from(await sam.evaluate(async (id) => {
      const bytes = new Uint8Array(await (await fetch(`/media/clip/${id}`)).arrayBuffer())
      let text = ''
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
      return btoa(text)
    }, id), 'base64')
    const here = readFileSync(kept)
    tell(`Stop to a video that plays elsewhere, ${figure}`, [played - stopped], 2000)
    const same = hash(here) === hash(there)
    console.log(JSON.stringify({ way: figure, seconds: Math.round(lasted), bytes: there.length, cuts: await way.cuts(), same }))
    assert.ok(same, `${here.length} bytes on Ana's disk, ${there.length} at the server`)
  } finally {
    await story.end()
    await way.end()
  }
}

await measure('loss', '--delay', '0.075', '--loss', '0.03')
await measure('cuts', '--cuts', String(wanted))
