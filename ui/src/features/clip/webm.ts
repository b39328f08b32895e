/**
 * Just enough WebM to follow a clip that still grows: find where its head ends, where each cluster begins,
 * when it plays and whether a picture can be decoded from there. Pure functions over bytes; no network, no player.
 *
 * Deliberately not here: writing, finishing or repairing a clip. That is Rust's `clip` crate, and only there.
 */

const ID_EBML = 0x1a45dfa3
const ID_SEGMENT = 0x18538067
const ID_INFO = 0x1549a966
const ID_TRACKS = 0x1654ae6b
const ID_CLUSTER = 0x1f43b675
const ID_TIMECODE = 0xe7
const ID_SIMPLE_BLOCK = 0xa3
const ID_BLOCK_GROUP = 0xa0
const ID_BLOCK = 0xa1
const ID_REFERENCE_BLOCK = 0xfb
const ID_TIMECODE_SCALE = 0x2ad7b1
const ID_TRACK_ENTRY = 0xae
const ID_TRACK_NUMBER = 0xd7
const ID_TRACK_TYPE = 0x83
const ID_CODEC_ID = 0x86
const ID_CUES = 0x1c53bb6b
const ID_CUE_POINT = 0xbb
const ID_CUE_TIME = 0xb3

/** An element header: where its content starts, and where the element ends (`undefined`: unknown size). */
interface Header {
  id: number
  body: number
  end: number | undefined
}

/** What a player needs before the first cluster. */
export interface Head {
  /** EBML header, segment of unknown size, info and tracks; nothing else, so that no parser trips over padding. */
  init: Uint8Array<ArrayBuffer>
  /** Byte offset of the first cluster in the file. */
  firstCluster: number
  /** Seconds in one timecode unit. */
  unit: number
  videoTrack: number | undefined
  /** For `MediaSource.addSourceBuffer`. */
  mimeType: string
}

/** One whole cluster. */
export interface Cluster {
  /** Byte offset in the file. */
  offset: number
  bytes: Uint8Array<ArrayBuffer>
  /** Seconds at which the cluster begins. */
  time: number
  /** Seconds of the last block in it; equals `time` when it is empty. */
  lastTime: number
  /** Seconds of the first video key frame in it, if there is one. */
  keyframe: number | undefined
  hasVideo: boolean
}

/** Bytes that no recorder of ours writes. The clip cannot be followed; a finished copy may still play. */
export class NotWebM extends Error {}

/**
 * Reads the head of a file. Returns `undefined` when `bytes` ends before the first cluster begins,
 * and throws `NotWebM` when it cannot become a head however many bytes follow.
 */
export function readHead(bytes: Uint8Array): Head | undefined {
  const ebml = header(bytes, 0)
  if (!ebml) return undefined
  if (ebml.id !== ID_EBML || ebml.end === undefined) throw new NotWebM('no EBML header')
  const segment = header(bytes, ebml.end)
  if (!segment) return undefined
  if (segment.id !== ID_SEGMENT) throw new NotWebM('no segment after the EBML header')

  let info: Uint8Array | undefined
  let tracks: Uint8Array | undefined
  let at = segment.body
  for (;;) {
    const element = header(bytes, at)
    if (!element) return undefined
    if (element.id === ID_CLUSTER) break
    if (element.end === undefined) throw new NotWebM('an element of unknown size before the first cluster')
    if (element.end > bytes.length) return undefined
    if (element.id === ID_INFO) info = bytes.subarray(at, element.end)
    if (element.id === ID_TRACKS) tracks = bytes.subarray(at, element.end)
    at = element.end
  }
  if (!info || !tracks) throw new NotWebM('a cluster before info and tracks')

  const segmentHeader = Uint8Array.of(0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
  return {
    init: concat(bytes.subarray(0, ebml.end), segmentHeader, info, tracks),
    firstCluster: at,
    unit: timecodeScale(info) / 1e9,
    ...readTracks(tracks),
  }
}

/**
 * Where decoding can begin in a finished clip, in seconds and in order: what its index says. `bytes` is the beginning of
 * the file, up to its first cluster or beyond; without an index there, only the start.
 */
export function readKeyframes(bytes: Uint8Array): number[] {
  const ebml = header(bytes, 0)
  const segment = ebml?.end === undefined ? undefined : header(bytes, ebml.end)
  if (!segment) return [0]
  let unit = 0.001
  const times: number[] = []
  let at = segment.body
  while (at < bytes.length) {
    const element = header(bytes, at)
    if (!element || element.id === ID_CLUSTER || element.end === undefined || element.end > bytes.length) break
    if (element.id === ID_INFO) unit = timecodeScale(bytes.subarray(at, element.end)) / 1e9
    if (element.id === ID_CUES) {
      let point = header(bytes, element.body)
      let from = element.body
      while (point?.end !== undefined && from < element.end) {
        const time = point.id === ID_CUE_POINT ? child(bytes, point, ID_CUE_TIME) : undefined
        if (time?.end !== undefined) times.push(unsigned(bytes, time.body, time.end) * unit)
        from = point.end
        point = header(bytes, from)
      }
    }
    at = element.end
  }
  return times.length > 0 ? times : [0]
}

/** Turns bytes that arrive in any pieces into whole clusters; everything between clusters is skipped. */
export class ClusterSplitter {
  #pending: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #offset: number

  /** `offset` is the place in the file of the first byte that will be pushed: the start of an element. */
  constructor(
    private readonly head: Head,
    offset: number,
  ) {
    this.#offset = offset
  }

  /** Byte offset up to which everything has been handed out: where to go on after a broken connection. */
  get offset(): number {
    return this.#offset
  }

  push(chunk: Uint8Array): Cluster[] {
    this.#pending = this.#pending.length === 0 ? copy(chunk) : concat(this.#pending, chunk)
    const clusters: Cluster[] = []
    let at = 0
    for (;;) {
      const element = header(this.#pending, at)
      if (!element) break
      const end = element.end ?? nextTopLevel(this.#pending, element.body)
      if (end === undefined || end > this.#pending.length) break
      if (element.id === ID_CLUSTER) {
        clusters.push(readCluster(this.head, this.#pending.slice(at, end), this.#offset + at))
      }
      at = end
    }
    if (at > 0) {
      this.#pending = this.#pending.slice(at)
      this.#offset += at
    }
    return clusters
  }
}

/**
 * Finds clusters in bytes cut out of the middle of a file. A cluster counts only when its size leads exactly to
 * the next cluster, or to the end of what was read: four chance bytes inside a picture do not pass that.
 */
export function findClusters(head: Head, bytes: Uint8Array, base: number): Cluster[] {
  for (let at = 0; at + 12 <= bytes.length; at++) {
    if (!isClusterId(bytes, at)) continue
    const found = chainOrNothing(head, bytes, at, base)
    if (found) return found
  }
  return []
}

function chainOrNothing(head: Head, bytes: Uint8Array, start: number, base: number): Cluster[] | undefined {
  try {
    return chain(head, bytes, start, base)
  } catch (error) {
    if (error instanceof NotWebM) return undefined
    throw error
  }
}

function chain(head: Head, bytes: Uint8Array, start: number, base: number): Cluster[] | undefined {
  const clusters: Cluster[] = []
  let at = start
  for (;;) {
    const element = header(bytes, at)
    if (!element) return clusters.length > 0 ? clusters : undefined
    if (element.id !== ID_CLUSTER) return undefined
    if (bytes[element.body] !== ID_TIMECODE) return undefined
    const end = element.end ?? nextTopLevel(bytes, element.body)
    if (end === undefined || end > bytes.length) return clusters.length > 0 ? clusters : undefined
    clusters.push(readCluster(head, copy(bytes.subarray(at, end)), base + at))
    at = end
    if (at === bytes.length) return clusters
  }
}

function readCluster(head: Head, bytes: Uint8Array<ArrayBuffer>, offset: number): Cluster {
  const cluster: Cluster = { offset, bytes, time: 0, lastTime: 0, keyframe: undefined, hasVideo: false }
  let timecode = 0
  const outer = header(bytes, 0)
  if (!outer) return cluster
  let at = outer.body
  while (at < bytes.length) {
    const element = header(bytes, at)
    if (!element || element.end === undefined) break
    if (element.id === ID_TIMECODE) {
      timecode = unsigned(bytes, element.body, element.end)
      cluster.time = cluster.lastTime = timecode * head.unit
    } else if (element.id === ID_SIMPLE_BLOCK) {
      noteBlock(element.body, (flags) => (flags & 0x80) !== 0)
    } else if (element.id === ID_BLOCK_GROUP) {
      const block = child(bytes, element, ID_BLOCK)
      const isKey = child(bytes, element, ID_REFERENCE_BLOCK) === undefined
      if (block) noteBlock(block.body, () => isKey)
    }
    at = element.end
  }
  return cluster

  function noteBlock(body: number, isKey: (flags: number) => boolean): void {
    const track = vint(bytes, body, true)
    if (!track) return
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const time = (timecode + view.getInt16(track.next)) * head.unit
    cluster.lastTime = Math.max(cluster.lastTime, time)
    if (track.value !== head.videoTrack) return
    cluster.hasVideo = true
    if (cluster.keyframe === undefined && isKey(bytes[track.next + 2] ?? 0)) cluster.keyframe = time
  }
}

function readTracks(tracks: Uint8Array): Pick<Head, 'videoTrack' | 'mimeType'> {
  let videoTrack: number | undefined
  const codecs: string[] = []
  const outer = header(tracks, 0)
  let at = outer?.body ?? tracks.length
  while (at < tracks.length) {
    const entry = header(tracks, at)
    if (!entry || entry.end === undefined) break
    if (entry.id === ID_TRACK_ENTRY) {
      const type = child(tracks, entry, ID_TRACK_TYPE)
      const number = child(tracks, entry, ID_TRACK_NUMBER)
      const codec = child(tracks, entry, ID_CODEC_ID)
      if (type?.end && number?.end && codec?.end) {
        if (tracks[type.body] === 1) videoTrack = unsigned(tracks, number.body, number.end)
        codecs.push(codecName(new TextDecoder().decode(tracks.subarray(codec.body, codec.end))))
      }
    }
    at = entry.end
  }
  return { videoTrack, mimeType: `video/webm; codecs="${codecs.join(',')}"` }
}

function codecName(id: string): string {
  if (id.startsWith('V_VP9')) return 'vp9'
  if (id.startsWith('V_VP8')) return 'vp8'
  if (id.startsWith('V_AV1')) return 'av01.0.08M.08'
  if (id.startsWith('A_OPUS')) return 'opus'
  throw new NotWebM(`codec ${id}`)
}

function timecodeScale(info: Uint8Array): number {
  const outer = header(info, 0)
  const scale = outer && child(info, outer, ID_TIMECODE_SCALE)
  return scale?.end ? unsigned(info, scale.body, scale.end) : 1_000_000
}

function child(bytes: Uint8Array, parent: Header, id: number): Header | undefined {
  let at = parent.body
  const end = parent.end ?? bytes.length
  while (at < end) {
    const element = header(bytes, at)
    if (!element || element.end === undefined) return undefined
    if (element.id === id) return element
    at = element.end
  }
  return undefined
}

/** The end of an unknown-size cluster: where the next one starts. */
function nextTopLevel(bytes: Uint8Array, from: number): number | undefined {
  let at = from
  for (;;) {
    const element = header(bytes, at)
    if (!element) return undefined
    if (element.id > 0xffffff) return at
    if (element.end === undefined) return undefined
    at = element.end
  }
}

function header(bytes: Uint8Array, at: number): Header | undefined {
  const id = vint(bytes, at, false)
  if (!id) return undefined
  const size = vint(bytes, id.next, true)
  if (!size) return undefined
  return { id: id.value, body: size.next, end: size.unknown ? undefined : size.next + size.value }
}

function vint(bytes: Uint8Array, at: number, dropMarker: boolean): { value: number; next: number; unknown: boolean } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first === 0) throw new NotWebM('a number of more than eight bytes')
  const length = Math.clz32(first) - 23
  if (at + length > bytes.length) return undefined
  let value = dropMarker ? first & (0xff >> length) : first
  let ones = (first & (0xff >> length)) === 0xff >> length
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    value = value * 256 + byte
    ones &&= byte === 0xff
  }
  return { value, next: at + length, unknown: dropMarker && ones }
}

function unsigned(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 256 + (bytes[at] ?? 0)
  return value
}

function isClusterId(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x43 && bytes[at + 2] === 0xb6 && bytes[at + 3] === 0x75
}

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
