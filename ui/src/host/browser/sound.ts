/**
 * The sound of a recording: a microphone if one is wanted and there, silence otherwise; and how loud it is now. Where the
 * browser has nothing to play sound on, none of it runs: Firefox then never answers, and a track that never comes would
 * hold up the pictures, so there is none.
 */

/** How long sound may take to begin. */
const PATIENCE = 1000

export class Sound {
  readonly #context: AudioContext
  readonly #analyser: AnalyserNode
  readonly #out: MediaStreamAudioDestinationNode
  readonly #samples: Float32Array<ArrayBuffer>
  #mic: MediaStream | undefined
  /** The microphone failed, at once or later; the picture goes on. */
  lost = false
  muted = false

  private constructor(readonly wanted: boolean) {
    this.#context = new AudioContext()
    this.#analyser = this.#context.createAnalyser()
    this.#analyser.fftSize = 512
    this.#samples = new Float32Array(this.#analyser.fftSize)
    this.#out = this.#context.createMediaStreamDestination()
    // A source that never ends keeps the track alive however the microphone fares.
    const silence = this.#context.createConstantSource()
    silence.offset.value = 0
    silence.connect(this.#out)
    silence.start()
  }

  static async open(mic: string | null): Promise<Sound> {
    const sound = new Sound(mic !== null)
    await inTime(sound.#context.resume())
    if (!sound.#runs) sound.lost = mic !== null
    if (mic === null || !sound.#runs) return sound
    try {
      const stream = (sound.#mic = await navigator.mediaDevices.getUserMedia({ audio: mic === 'default' ? true : { deviceId: { ideal: mic } } }))
      const source = sound.#context.createMediaStreamSource(stream)
      source.connect(sound.#analyser)
      source.connect(sound.#out)
      stream.getAudioTracks()[0]?.addEventListener('ended', () => (sound.lost = true))
    } catch {
      // Refused or unplugged: a clip without sound, and the bar says so.
      sound.lost = true
    }
    return sound
  }

  /** A muted track gives silence, and the clip's own track goes on. */
  mute(on: boolean): void {
    this.muted = on
    for (const track of this.#mic?.getAudioTracks() ?? []) track.enabled = !on
  }

  get #runs(): boolean {
    return this.#context.state === 'running'
  }

  /** Without a track where sound does not run. */
  get stream(): MediaStream {
    return this.#runs ? this.#out.stream : new MediaStream()
  }

  /** 0 to 1. */
  level(): number {
    if (!this.#mic || this.lost) return 0
    this.#analyser.getFloatTimeDomainData(this.#samples)
    let sum = 0
    for (const sample of this.#samples) sum += sample * sample
    return Math.min(1, Math.sqrt(sum / this.#samples.length) * 4)
  }

  close(): void {
    for (const track of this.#mic?.getTracks() ?? []) track.stop()
    void this.#context.close().catch(() => undefined)
  }
}

/** Waits until it is so, or has failed, or takes too long. */
export async function inTime(answer: Promise<unknown>): Promise<void> {
  await Promise.race([answer.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
}
