/**
 * The few commands of W3C WebDriver that the stories need, by fetch. One driver attaches to one running app; each of the
 * app's windows is a page, known by its path. Commands go one after the other: a driver looks at one window at a time.
 */

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { end } from './machine.mjs'
import { eventually } from '../../browser/support/waiting.mjs'

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  return port
}

export class Driver {
  #turn = Promise.resolve()
  #current

  constructor(child, base) {
    this.child = child
    this.base = base
  }

  /** Attaches to the app whose inspector listens on `inspector`. */
  static async attach(inspector, env) {
    const port = await freePort()
    const child = spawn('WebKitWebDriver', [`--port=${port}`, `--target=127.0.0.1:${inspector}`], { env, stdio: 'ignore' })
    const driver = new Driver(child, `http://127.0.0.1:${port}`)
    await eventually(() => fetch(`${driver.base}/status`).then(() => true, () => false), Boolean, 'the driver')
    const { sessionId } = await eventually(
      () => driver.#send('POST', '/session', { capabilities: { alwaysMatch: {} } }).catch((error) => ({ error: error.message })),
      (answer) => answer.sessionId,
      'a session with the app',
    )
    driver.base += `/session/${sessionId}`
    return driver
  }

  async detach() {
    await this.#send('DELETE', '').catch(() => undefined)
    await end(this.child)
  }

  async #send(method, path, body, within = 30_000) {
    const answer = await fetch(this.base + path, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(within) })
    const { value } = await answer.json()
    if (!answer.ok) throw new Error(`${value?.error}: ${value?.message}`)
    return value
  }

  /** Runs `work` while no other command can look at another window. */
  #alone(work) {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** The handle of the window at `path`, or undefined while there is none. */
  #handle(path) {
    return this.#alone(async () => {
      for (const handle of await this.#send('GET', '/window/handles')) {
        await this.#look(handle)
        const url = await this.#send('GET', '/url')
        if (fits(new URL(url).pathname, path)) return handle
      }
      return undefined
    })
  }

  async #look(handle) {
    if (this.#current === handle) return
    await this.#send('POST', '/window', { handle })
    this.#current = handle
  }

  /** The page of the window `name`: `main`, `overlay`, `mark`, `pick`, `recorder` or `ring`. Waits until it is there. */
  async page(name) {
    const handle = await eventually(() => this.#handle(name).catch(() => undefined), Boolean, `the window ${name}`)
    return new Page(this, handle, name)
  }

  /** Whether there is such a window now. */
  async has(name) {
    return (await this.#handle(name).catch(() => undefined)) !== undefined
  }

  in(handle, method, path, body, within) {
    return this.#alone(async () => {
      try {
        await this.#look(handle)
        return await this.#send(method, path, body, within)
      } catch (error) {
        // What is looked at may be gone; the next command says again where to look.
        this.#current = undefined
        throw error
      }
    })
  }
}

/** The main window walks around; all others stay where they were opened. */
function fits(pathname, name) {
  const others = ['overlay', 'mark', 'pick', 'recorder', 'ring']
  return name === 'main' ? !others.includes(pathname.slice(1)) : pathname === `/${name}`
}

export class Page {
  constructor(driver, handle, name) {
    this.driver = driver
    this.handle = handle
    this.name = name
  }

  /** Runs a function in the page. What it uses from outside must be among its arguments. */
  run(script, ...args) {
    return this.driver.in(this.handle, 'POST', '/execute/sync', { script: `return (${script}).apply(null, arguments)`, args })
  }

  /** The same for one that answers later. */
  async later(script, ...args) {
    const answer = await this.driver.in(this.handle, 'POST', '/execute/async', {
      script: `const done = arguments[arguments.length - 1]; Promise.resolve((${script}).apply(null, [...arguments].slice(0, -1))).then((value) => done({ value }), (error) => done({ error: String(error) }))`,
      args,
    })
    if (answer.error) throw new Error(answer.error)
    return answer.value
  }

  /** Waits until the function answers with something that is so. */
  until(script, what, ...args) {
    return eventually(() => this.run(script, ...args).catch((error) => error.message.includes('no such window') ? Promise.reject(error) : undefined), Boolean, `${what} (${this.name})`)
  }

  words() {
    return this.run(() => document.body.innerText)
  }

  async reads(words) {
    await eventually(() => this.words(), (now) => (typeof words === 'string' ? now.includes(words) : words.test(now)), `"${words}" in ${this.name}`)
  }

  /** The element with this role and name, as the accessibility tree would give it. */
  async find(role, name) {
    const found = await this.until(FIND, `the ${role} "${name}"`, role, name instanceof RegExp ? name.source : name, name instanceof RegExp)
    return found[ELEMENT]
  }

  async has(role, name) {
    return Boolean(await this.run(FIND, role, name instanceof RegExp ? name.source : name, name instanceof RegExp))
  }

  async press(role, name) {
    const id = await this.find(role, name)
    try {
      await this.driver.in(this.handle, 'POST', `/element/${id}/click`, {}, 8_000)
    } catch (error) {
      // While a window is still being put on the screen the driver's pointer may be lost, and it waits for it for ever.
      // It does so too when the press took the window away: then the button is gone, and the story goes on to what follows.
      if (error.name === 'TimeoutError') {
        if (await this.has(role, name)) await this.run((element) => element.click(), { [ELEMENT]: id })
        return
      }
      // Some buttons close the window they are in, before the driver has answered.
      if (!/no such window/.test(error.message)) throw error
    }
  }

  async fill(role, name, words) {
    const id = await this.find(role, name)
    // The driver's own way to clear tells the page nothing, and the page puts back what it believes is there.
    await this.run(
      (element) => {
        const prototype = element instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype
        Object.getOwnPropertyDescriptor(prototype, 'value').set.call(element, '')
        element.dispatchEvent(new Event('input', { bubbles: true }))
      },
      { [ELEMENT]: id },
    )
    await this.driver.in(this.handle, 'POST', `/element/${id}/value`, { text: words })
  }

  /** Keys into this window's focused element, without the window system. */
  async keys(name, role, words) {
    const id = await this.find(role, name)
    await this.driver.in(this.handle, 'POST', `/element/${id}/value`, { text: words })
  }
}

/* Runs in the page. */
const FIND = (role, name, isPattern) => {
  const tags = { button: 'button,[role=button]', link: 'a', textbox: 'input:not([type=hidden]),textarea', option: '[role=option]', menuitem: '[role^=menuitem]', heading: 'h1,h2,h3', row: '[data-list] a', video: 'video' }
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden'
  const named = (element) => {
    const labelled = element.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
    return (element.getAttribute('aria-label') || labelled || element.labels?.[0]?.innerText || element.innerText || element.title || '').trim()
  }
  const fits = (text) => (isPattern ? new RegExp(name).test(text) : text === name || text.split('\n')[0] === name)
  return [...document.querySelectorAll(tags[role] ?? `[role=${role}]`)].find((element) => shown(element) && !element.disabled && fits(named(element))) ?? null
}
