/**
 * A desk: a virtual display with a window manager, a session bus, a sound server with a microphone that hears a tone, and
 * a folder that is its home. What a person does with keyboard and mouse is done by xdotool, so that it goes where the
 * window system lets it go, and not where a test would like it.
 */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../../browser/support/waiting.mjs'

const run = promisify(execFile)

/** No activatable services: what they start (portals, a FUSE mount) would stay behind when the bus ends. */
const BUS = `<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

export class Machine {
  #children = []
  #keyboard

  constructor(name, folder) {
    this.name = name
    this.folder = folder
  }

  static async start(name, { width = 1280, height = 800 } = {}) {
    const machine = new Machine(name, mkdtempSync(join(tmpdir(), `deskside-desk-${name}-`)))
    try {
      await machine.#up(width, height)
    } catch (error) {
      await machine.stop()
      throw error
    }
    return machine
  }

  async #up(width, height) {
    chmodSync(this.folder, 0o700)
    const own = (path) => join(this.folder, path)
    for (const folder of ['home', 'bin', 'run']) mkdirSync(own(folder), { mode: 0o700 })
    const display = await firstLine(this.spawn('Xvfb', ['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'], { stdout: true }))
    this.env = {
      ...process.env,
      DISPLAY: `:${display}`,
      HOME: own('home'),
      XDG_RUNTIME_DIR: own('run'),
      XDG_DATA_HOME: own('home/.local/share'),
      XDG_CONFIG_HOME: own('home/.config'),
      XDG_CACHE_HOME: own('home/.cache'),
      PULSE_RUNTIME_PATH: own('run/pulse'),
      PULSE_SERVER: `unix:${own('run/pulse/native')}`,
      GDK_BACKEND: 'x11',
      XDG_SESSION_TYPE: 'x11',
      PATH: `${own('bin')}:${process.env.PATH}`,
      LANG: 'C.UTF-8',
    }
    for (const name of ['WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS']) delete this.env[name]
    writeFileSync(own('bus.conf'), BUS.replace('SOCKET', own('run/bus')))
    this.env.DBUS_SESSION_BUS_ADDRESS = await firstLine(this.spawn('dbus-daemon', [`--config-file=${own('bus.conf')}`, '--nofork', '--print-address=1'], { stdout: true }))
    this.spawn('openbox', [])
    this.spawn('pulseaudio', [
      '-n', '--exit-idle-time=-1', '--daemonize=no',
      '-L', 'module-native-protocol-unix',
      '-L', 'module-null-sink sink_name=speakers',
      '-L', 'module-null-sink sink_name=room',
      '-L', 'module-remap-source master=room.monitor source_name=microphone',
    ])
    await eventually(() => this.#try('pactl', ['set-default-source', 'microphone']), (said) => said === '', 'a microphone')
    // Somebody hums in the room, until the desk is left.
    this.spawn('sh', ['-c', 'sox -q -n -r 48000 -c 2 -b 16 -e signed -t raw - synth 3600 sine 440 vol 0.4 | pacat --playback -d room --rate 48000 --format s16le --channels 2 --latency-msec=40'])
    // What would open a page or a call app writes down what it was given instead.
    writeFileSync(own('bin/xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${own('opened')}'\n`, { mode: 0o755 })
    await eventually(() => this.#try('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK']), (said) => /window id/.test(said), 'a window manager')
    this.#keyboard = this.spawn('xdotool', ['-'], { stdin: true })
  }

  /** Starts a program at this desk; it ends with it. */
  spawn(program, args, { stdout = false, stdin = false, env = {} } = {}) {
    const child = spawn(program, args, { env: { ...(this.env ?? process.env), ...env }, stdio: [stdin ? 'pipe' : 'ignore', stdout ? 'pipe' : 'ignore', 'ignore'] })
    child.on('error', (error) => appendFileSync(join(this.folder, 'errors'), `${program}: ${error.message}\n`))
    this.#children.push(child)
    return child
  }

  /** Ends everything at this desk, the display last. */
  async stop() {
    this.#keyboard?.stdin.end()
    for (const child of this.#children.toReversed()) await end(child)
    rmSync(this.folder, { recursive: true, force: true })
  }

  async run(program, ...args) {
    const { stdout } = await run(program, args.map(String), { env: this.env, maxBuffer: 64 << 20 })
    return stdout
  }

  async #try(program, args) {
    try {
      return await this.run(program, ...args)
    } catch (error) {
      return `${error.stderr ?? error.message}`
    }
  }

  /** Presses keys as the keyboard does, wherever the keyboard is: `key('ctrl+Return')`. Answers when they were pressed. */
  key(...keys) {
    const at = Date.now()
    this.#keyboard.stdin.write(`key --clearmodifiers ${keys.join(' ')}\n`)
    return at
  }

  /** Types words, wherever the keyboard is. */
  async type(words) {
    await this.run('xdotool', 'type', '--clearmodifiers', '--delay', 12, words)
  }

  async click(x, y) {
    await this.run('xdotool', 'mousemove', Math.round(x), Math.round(y), 'click', 1)
  }

  /** Drags with the left button, in steps, as a hand does. */
  async drag(from, to) {
    const steps = []
    for (let i = 1; i <= 8; i += 1) steps.push('mousemove', Math.round(from[0] + ((to[0] - from[0]) * i) / 8), Math.round(from[1] + ((to[1] - from[1]) * i) / 8))
    await this.run('xdotool', 'mousemove', Math.round(from[0]), Math.round(from[1]), 'mousedown', 1, ...steps, 'mouseup', 1)
  }

  /** Which window has the keyboard: its title. */
  async focused() {
    return (await this.#try('xdotool', ['getwindowfocus', 'getwindowname'])).trim()
  }

  /** Whether a window of this title and at least this size is on the screen. */
  async shown(title) {
    return (await this.#try('xdotool', ['search', '--onlyvisible', '--name', title])).trim().split('\n').filter(Boolean)
  }

  /** What was handed to other programs to open. */
  opened() {
    const path = join(this.folder, 'opened')
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : []
  }

  /** A program that somebody works in: everything typed into it stands in a file. */
  async otherWindow(title, at = '80x24+40+60') {
    const path = join(this.folder, `typed-${title.replaceAll(/\W/g, '-')}`)
    writeFileSync(path, '')
    this.spawn('xterm', ['-geometry', at, '-T', title, '-e', 'sh', '-c', `stty -icanon -echo min 1; exec cat > '${path}'`])
    const [id] = await eventually(() => this.shown(`^${title.replaceAll(/[^\w ]/g, '.')}$`), (found) => found.length > 0, `the window ${title}`)
    const focus = async () => {
      await this.run('xdotool', 'windowactivate', id)
      await eventually(() => this.focused(), (now) => now === title, `the keyboard in ${title}`)
    }
    await focus()
    return { id, title, focus, typed: () => readFileSync(path, 'utf8') }
  }

  /** A daemon that shows notes, as most desktops have one; answers how to read what it shows and has shown. */
  async notes() {
    this.spawn('dunst', ['-conf', '/dev/null'])
    const tell = async (...args) => {
      const said = await this.#try('dunstctl', args)
      return said.startsWith('{') ? JSON.parse(said) : said.trim()
    }
    await eventually(() => tell('count', 'displayed'), (count) => count === '0', 'the notes of the system')
    return {
      displayed: async () => Number(await tell('count', 'displayed')),
      /** Those that are over: closed by their app, read, or gone by themselves. */
      over: async () => (await tell('history')).data[0].map((note) => Object.fromEntries(Object.entries(note).map(([name, { data }]) => [name, data]))),
      close: () => tell('close-all'),
    }
  }

  /** The picture of the whole screen as a PNG file. */
  async picture(path) {
    await this.run('import', '-window', 'root', path)
    return path
  }
}

async function firstLine(child) {
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes('\n')) return said.trim()
  }
  throw new Error(`${child.spawnfile} ended before it was ready`)
}

/** Ends a child, in peace if it can be. */
export async function end(child, signal = 'SIGTERM', patience = 3000) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const over = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  await over
  clearTimeout(timer)
}
