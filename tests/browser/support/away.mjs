/** A page behind others: hidden, without the keyboard, and allowed to show notifications. What it shows and sounds is written down. */

/** Before the page is opened. `window.isAway` and `window.clock` turn it to the front, and its time. */
export function looksAway(page) {
  return page.addInitScript(() => {
    window.told = { notes: [], sounds: 0, bells: [] }
    window.isAway = true
    // A burst is over by the clock, which a busy machine must not turn.
    const { now } = Date
    Date.now = () => window.clock ?? now()
    Object.defineProperty(Document.prototype, 'hidden', { get: () => window.isAway })
    Document.prototype.hasFocus = () => !window.isAway
    window.Notification = class {
      static permission = 'granted'
      constructor(title, options) {
        Object.assign(this, { title, options, open: true })
        window.told.notes.push(this)
      }
      close() {
        this.open = false
      }
    }
    const { start } = OscillatorNode.prototype
    const firsts = new WeakSet()
    OscillatorNode.prototype.start = function (...when) {
      if (!firsts.has(this.context)) window.told.sounds += 1
      firsts.add(this.context)
      return start.apply(this, when)
    }
    const { start: startBuffer } = AudioBufferSourceNode.prototype
    AudioBufferSourceNode.prototype.start = function (...when) {
      window.told.bells.push({ node: this, context: this.context })
      return startBuffer.apply(this, when)
    }
  })
}

/** The notifications so far. */
export function notes(page) {
  return page.evaluate(() => window.told.notes.map(({ title, options, open }) => ({ title, stays: options.requireInteraction, silent: options.silent, open })))
}
