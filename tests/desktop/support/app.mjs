/** The real app on a desk: started as a person starts it, looked into through its own inspector. */

import { existsSync, mkdirSync, readFileSync, createWriteStream } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { end } from './machine.mjs'
import { Driver, freePort } from './webdriver.mjs'

const root = resolve(import.meta.dirname, '../../..')

/** The binary under test: `DESKSIDE`, or the one that cargo built last. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ? resolve(root, process.env.CARGO_TARGET_DIR) : join(root, 'target')
  const candidates = [process.env.DESKSIDE, join(target, 'debug/deskside'), join(target, 'release/deskside')].filter(Boolean)
  const found = candidates.find((path) => existsSync(path))
  if (!found) throw new Error(`no app to test: build it with \`cargo build --workspace --bins\` or name it in DESKSIDE (looked at ${candidates.join(', ')})`)
  return found
}

export class App {
  #driver

  constructor(machine, child, inspector, log) {
    this.machine = machine
    this.child = child
    this.inspector = inspector
    this.logPath = log
  }

  /** Starts it with its profile on this machine. `args` as on the command line. */
  static async start(machine, args = [], { profile = 'profile', attach = true, env = {} } = {}) {
    const inspector = await freePort()
    const log = join(machine.folder, `app-${profile}.log`)
    mkdirSync(join(machine.folder, profile), { recursive: true })
    const at = Date.now()
    const child = spawn(binary(), ['--profile', join(machine.folder, profile), ...args], {
      env: { ...machine.env, TAURI_WEBVIEW_AUTOMATION: 'true', WEBKIT_INSPECTOR_SERVER: `127.0.0.1:${inspector}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const file = createWriteStream(log, { flags: 'a' })
    child.stdout.pipe(file, { end: false })
    child.stderr.pipe(file, { end: false })
    const app = new App(machine, child, inspector, log)
    app.startedAt = at
    if (attach) await app.attach()
    return app
  }

  async attach() {
    this.#driver = await Driver.attach(this.inspector, this.machine.env)
  }

  page(name) {
    return this.#driver.page(name)
  }

  has(name) {
    return this.#driver.has(name)
  }

  /** Ends it as the tray's "Quit" or a logout does. */
  async quit() {
    await this.#driver?.detach()
    await end(this.child)
  }

  /** Like the power going: no chance to finish anything. */
  async kill() {
    const over = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await over
    await this.#driver?.detach()
  }

  log() {
    return readFileSync(this.logPath, 'utf8')
  }

  /** `deskside ARGS` at the same desk: a second start, a deep link, a question from a command line. */
  command(...args) {
    return this.machine.run(binary(), '--profile', join(this.machine.folder, 'profile'), ...args)
  }
}
