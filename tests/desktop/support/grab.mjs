/**
 * Another program that has a key: a client of the X server of a few lines, which grabs the key and keeps it until it is let
 * go. Its three words of the X protocol: GrabKey is request 33, GetKeyboardMapping 101, and closing the connection lets go.
 */

import { connect } from 'node:net'
import { once } from 'node:events'

export const SHIFT = 1
export const CTRL = 4
export const ALT = 8

/** Grabs the key of this keysym (a letter's is its code) with these modifiers on `display` (`:7`); answers how to let go. */
export async function grab(display, keysym, modifiers) {
  const x = new Client(connect(`/tmp/.X11-unix/X${display.slice(1)}`))
  await once(x.socket, 'connect')
  const { root, lowest, highest } = await x.greet()
  const keycode = await x.keycodeOf(keysym, lowest, highest)
  const grabKey = Buffer.alloc(16)
  grabKey.writeUInt8(33, 0)
  grabKey.writeUInt16LE(4, 2)
  grabKey.writeUInt32LE(root, 4)
  grabKey.writeUInt16LE(modifiers, 8)
  grabKey.writeUInt8(keycode, 10)
  grabKey.writeUInt8(1, 11)
  grabKey.writeUInt8(1, 12)
  x.socket.write(grabKey)
  // An answer to anything after it says that it was done, or brings its error first.
  await x.keycodeOf(keysym, lowest, highest)
  return { release: () => x.socket.destroy() }
}

class Client {
  #bytes = Buffer.alloc(0)
  #more

  constructor(socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      this.#more?.()
    })
    socket.on('error', () => undefined)
  }

  async #take(length) {
    while (this.#bytes.length < length) await new Promise((resolve) => (this.#more = resolve))
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = this.#bytes.subarray(length)
    return taken
  }

  async greet() {
    const hello = Buffer.alloc(12)
    hello.write('l', 0)
    hello.writeUInt16LE(11, 2)
    this.socket.write(hello)
    const head = await this.#take(8)
    if (head[0] !== 1) throw new Error('the X server does not want this client')
    const body = await this.#take(head.readUInt16LE(6) * 4)
    const vendor = body.readUInt16LE(16)
    const formats = body[21]
    const screen = 32 + Math.ceil(vendor / 4) * 4 + formats * 8
    return { root: body.readUInt32LE(screen), lowest: body[26], highest: body[27] }
  }

  /** The next answer; what happens meanwhile (a key that is pressed) is not of interest, an error is. */
  async #answer() {
    for (;;) {
      const head = await this.#take(32)
      if (head[0] === 0) throw new Error(`the X server refused request ${head[10]} with error ${head[1]}`)
      if (head[0] === 1) return Buffer.concat([head, await this.#take(head.readUInt32LE(4) * 4)])
    }
  }

  async keycodeOf(keysym, lowest, highest) {
    const count = highest - lowest + 1
    const ask = Buffer.from([101, 0, 2, 0, lowest, count, 0, 0])
    this.socket.write(ask)
    const answer = await this.#answer()
    const each = answer[1]
    for (let key = 0; key < count; key += 1) {
      for (let i = 0; i < each; i += 1) if (answer.readUInt32LE(32 + (key * each + i) * 4) === keysym) return lowest + key
    }
    throw new Error(`no key has the symbol ${keysym}`)
  }
}
