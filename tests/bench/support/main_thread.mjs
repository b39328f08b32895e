/**
 * What the main thread of a page of the real app works. WebKit's own tools trace no such thing, so the kernel is asked: its
 * account of the thread is read every millisecond, and laid beside the moments at which the page began its pictures.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { eventually } from '../../browser/support/waiting.mjs'

/** The main thread of the process that draws this page, and the kernel's account of it. */
export class MainThread {
  constructor(pid) {
    this.pid = pid
  }

  /** All windows of the app have such processes; this page's is the one that works when the page does. */
  static async of(app, page) {
    const pids = descendants(app.child.pid).filter((pid) => /WebKitWebProces/.test(readFileSync(`/proc/${pid}/comm`, 'utf8')))
    const before = pids.map(worked)
    await page.run(() => {
      const end = performance.now() + 400
      while (performance.now() < end);
      return true
    })
    const grown = pids.map((pid, i) => [pid, worked(pid) - before[i]]).sort(([, a], [, b]) => b - a)
    if (!grown[0] || grown[0][1] < 4 * (grown[1]?.[1] ?? 1)) throw new Error(`no process works for the page: ${JSON.stringify(grown)}`)
    return new MainThread(grown[0][0])
  }

  begin() {
    const script = `
      const { parentPort, workerData } = require('node:worker_threads')
      const { openSync, readSync } = require('node:fs')
      const file = openSync(workerData, 'r')
      const bytes = Buffer.alloc(80)
      const pause = new Int32Array(new SharedArrayBuffer(4))
      const account = []
      parentPort.on('message', () => parentPort.postMessage(account))
      const look = () => {
        for (let i = 0; i < 50; i += 1) {
          Atomics.wait(pause, 0, 0, 1)
          account.push([performance.timeOrigin + performance.now(), Number(bytes.toString('latin1', 0, readSync(file, bytes, 0, 80, 0)).split(' ')[0]) / 1e6])
        }
        setImmediate(look)
      }
      look()`
    this.worker = new Worker(script, { eval: true, workerData: `/proc/${this.pid}/schedstat` })
  }

  /** Moments and what the thread had worked by then, in milliseconds. */
  async end() {
    const account = await new Promise((answer) => {
      this.worker.once('message', answer)
      this.worker.postMessage('end')
    })
    await this.worker.terminate()
    return account
  }
}

/** What a process's main thread has worked, in milliseconds. */
function worked(pid) {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}

/** Waits until a process has done next to nothing for a second: what was prepared for a measurement is not measured along. */
export async function atRest(pid) {
  const of = (thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6
    } catch {
      // It ended meanwhile.
      return 0
    }
  }
  const sum = () => readdirSync(`/proc/${pid}/task`).map(of).reduce((all, one) => all + one, 0)
  let before = sum()
  const lately = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = sum()
    const grown = Math.abs(now - before)
    before = now
    return grown
  }
  await eventually(lately, (milliseconds) => milliseconds < 50, `process ${pid} at rest`, 120_000)
}

function descendants(pid) {
  const parents = new Map()
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))[1])
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (parent) => (parents.get(parent) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid)
}

/** What the thread worked between one picture's beginning and the next one's. */
export function perPicture(account, pictures) {
  let at = 0
  const upTo = (moment) => {
    while (at + 1 < account.length && account[at + 1][0] <= moment) at += 1
    return account[at][1]
  }
  const inside = pictures.filter((moment) => moment > account[0][0] && moment < account.at(-1)[0])
  const totals = inside.map(upTo)
  return totals.slice(1).map((total, i) => total - totals[i])
}
