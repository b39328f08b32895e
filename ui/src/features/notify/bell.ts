/** What a person hears in a browser: two short notes, and the ring of a call. Made here: no file, no delay. */

/** Two notes for a waiting customer. */
export function chime(): void {
  const context = new AudioContext()
  const gain = context.createGain()
  gain.connect(context.destination)
  for (const [i, pitch] of [587, 784].entries()) {
    const note = context.createOscillator()
    const at = context.currentTime + i * 0.14
    note.frequency.value = pitch
    note.connect(gain)
    note.start(at)
    note.stop(at + 0.12)
  }
  gain.gain.setValueAtTime(0.12, context.currentTime)
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.3)
  setTimeout(() => void context.close(), 600)
}

/** From one ring to the next, in seconds. */
const EVERY = 2.4
/** When each note begins, and its pitch. */
const NOTES = [[0, 587.3], [0.17, 784], [0.42, 587.3], [0.59, 784]] as const
const NOTE = 0.15
const EDGE = 0.012
const LOUDNESS = 0.3
/** Longer than a call rings: when the network is cut nobody says that it is over. */
const LONGEST = 60

/**
 * Rings until what it returns is called. One sound in a loop and no timer: browsers let the timers of a page that is not in
 * front sleep, which is when it matters.
 */
export function ring(): () => void {
  const context = new AudioContext()
  const sound = context.createBuffer(1, Math.round(context.sampleRate * EVERY), context.sampleRate)
  const samples = sound.getChannelData(0)
  for (const [begins, pitch] of NOTES) {
    const first = Math.round(begins * context.sampleRate)
    for (let i = 0; i < NOTE * context.sampleRate; i += 1) {
      const at = i / context.sampleRate
      samples[first + i] = Math.sin(2 * Math.PI * pitch * at) * Math.min(1, at / EDGE, (NOTE - at) / EDGE) * LOUDNESS
    }
  }
  const bell = context.createBufferSource()
  bell.buffer = sound
  bell.loop = true
  bell.connect(context.destination)
  bell.start()
  bell.stop(context.currentTime + LONGEST)
  return () => void context.close()
}
