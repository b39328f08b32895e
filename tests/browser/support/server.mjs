/**
 * A real server with the demo organisation in a folder of its own. It can be killed and started again on the same data,
 * because that is what happens to servers.
 */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')

/** The binary under test: `DESKSIDED`, or the one that cargo built last. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ? resolve(root, process.env.CARGO_TARGET_DIR) : join(root, 'target')
  const candidates = [process.env.DESKSIDED, join(target, 'debug/desksided'), join(target, 'release/desksided')].filter(Boolean)
  const found = candidates.find((path) => existsSync(path))
  if (!found) throw new Error(`no server to test: build it with \`cargo build --package desksided\` or name it in DESKSIDED (looked at ${candidates.join(', ')})`)
  return found
}

/** The bundle under test: `DESKSIDE_UI`, or what `npm run build` made; without either the one inside the binary. */
function bundle() {
  const found = [process.env.DESKSIDE_UI, join(root, 'ui/dist')].filter(Boolean).find((path) => existsSync(join(path, 'index.html')))
  return found ? ['--ui', found] : []
}

export class Server {
  #child
  #log = ''

  constructor(address, data) {
    this.address = address
    this.data = data
  }

  /** The demo organisation on a free port. `secure`: as its own certificate authority, like a server in an office. */
  static async start({ secure = false } = {}) {
    const data = mkdtempSync(join(tmpdir(), 'deskside-browser-'))
    const server = new Server(`${secure ? 'https' : 'http'}://127.0.0.1:${await freePort()}`, data)
    await run(binary(), ['demo', '--data', data, '--public-url', server.address])
    await server.up()
    return server
  }

  async up() {
    this.#child = spawn(binary(), ['serve', '--data', this.data, '--listen', new URL(this.address).host, '--public-url', this.address, '--no-backup', ...bundle()])
    const child = this.#child
    child.stderr.on('data', (chunk) => (this.#log += chunk))
    await new Promise((ready, failed) => {
      const deadline = setTimeout(() => failed(new Error(`the server did not start:\n${this.#log}`)), 30_000)
      let said = ''
      child.stdout.on('data', (chunk) => {
        said += chunk
        if (said.includes('listening on')) ready(clearTimeout(deadline))
      })
      child.once('exit', (code) => failed(new Error(`the server ended with ${code}:\n${this.#log}`)))
    })
  }

  get pid() {
    return this.#child.pid
  }

  /** Like the power going: no chance to finish anything. */
  async kill() {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill()
    rmSync(this.data, { recursive: true, force: true })
  }

  /** One-click sign-in links of Ana, Sam and Ada. */
  async links() {
    const { stdout } = await run(binary(), ['demo', '--data', this.data, '--links', '--json'])
    return JSON.parse(stdout)
  }

  /** Every file below the data directory, with its bytes: what somebody would find who took the disk. */
  disk() {
    return readdirSync(this.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, bytes: readFileSync(path) }))
  }

  /** What the server wrote into its log. */
  get log() {
    return this.#log
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  return port
}
