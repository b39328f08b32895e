// Makes test clips with a picture whose age can be read from its pixels, and lays them out as Deskside does:
// a prefix of fixed length, then clusters of at most one second. Uses ffmpeg for the pictures and sound only.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const PREFIX = 65536
export const FPS = 30
const BITS = 12

/** Frame number in the top strip: 12 squares of 64 px, lowest bit first. */
function numbered() {
  const squares = Array.from({ length: BITS }, (_, bit) =>
    `drawbox=x=${bit * 64}:y=0:w=64:h=64:color=white:t=fill:enable='mod(floor(n/${2 ** bit}),2)'`)
  return [`drawbox=x=0:y=0:w=${BITS * 64}:h=64:color=black:t=fill`, ...squares].join(',')
}

/**
 * @param {string} file where to write
 * @param {{ seconds: number, audio: boolean, still?: [number, number][], keyAt?: string, keep?: number }} how
 *   `still`: stretches in which nothing changes, so no frame is written, or every `keep`th; `keyAt`: seconds that get a key frame
 */
export function make(file, { seconds, audio, still, keyAt, keep }) {
  const within = still?.map(([from, to]) => `between(t,${from},${to}-0.001)`).join('+')
  const select = within ? `,select='not(${within})${keep ? `+not(mod(n,${keep}))` : ''}'` : ''
  execFileSync('ffmpeg', ['-v', 'error', '-y',
    '-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=${FPS}`,
    ...(audio ? ['-f', 'lavfi', '-i', 'sine=frequency=440:beep_factor=4'] : []),
    '-t', String(seconds), '-vf', `${numbered()}${select},format=yuv420p`, '-fps_mode', 'vfr',
    '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-b:v', '1500k', '-g', '60', ...(keyAt ? ['-force_key_frames', keyAt] : []),
    ...(audio ? ['-c:a', 'libopus', '-b:a', '64k'] : []),
    '-cluster_time_limit', '1000', '-cluster_size_limit', '20000000', '-f', 'webm', file])
}

/** Growing and finished form of a WebM that ffmpeg wrote. */
export function layOut(file) {
  const bytes = readFileSync(file)
  const ebml = element(bytes, 0)
  const segment = element(bytes, ebml.end)
  let info, tracks
  const clusters = []
  for (let at = segment.body; at < bytes.length;) {
    const part = element(bytes, at)
    if (part.id === 0x1549a966) info = bytes.subarray(at, part.end)
    if (part.id === 0x1654ae6b) tracks = bytes.subarray(at, part.end)
    if (part.id === 0x1f43b675) clusters.push({ bytes: bytes.subarray(at, part.end), time: clusterTime(bytes, part), key: hasKeyframe(bytes, part), at: 0 })
    at = part.end
  }
  const shortInfo = wrap(0x1549a966, Buffer.concat([wrap(0x2ad7b1, uint(1_000_000)), wrap(0x4d80, Buffer.from('proof')), wrap(0x5741, Buffer.from('proof'))]))
  const head = bytes.subarray(0, ebml.end)
  const unknown = Buffer.from('1853806701ffffffffffffff', 'hex')
  const growing = pad(Buffer.concat([head, unknown, shortInfo, tracks]), PREFIX)
  let at = PREFIX
  for (const cluster of clusters) { cluster.at = at; at += cluster.bytes.length }

  const base = head.length + 12
  const cues = wrap(0x1c53bb6b, Buffer.concat(clusters.filter((cluster) => cluster.key).map((cluster) => wrap(0xbb, Buffer.concat([
    wrap(0xb3, uint(cluster.time)),
    wrap(0xb7, Buffer.concat([wrap(0xf7, uint(1)), wrap(0xf1, uint(cluster.at - base))])),
  ])))))
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(at - base) | (1n << 56n))
  const finished = pad(Buffer.concat([head, Buffer.from('18538067', 'hex'), size, info, tracks, cues]), PREFIX)
  return { growing, finished, clusters }
}

function clusterTime(bytes, cluster) {
  const timecode = element(bytes, cluster.body)
  return bytes.readUIntBE(timecode.body, timecode.end - timecode.body)
}

/** A cue may only point at a cluster from which pictures can be decoded: Chromium gives up with a decode error otherwise. */
function hasKeyframe(bytes, cluster) {
  for (let at = cluster.body; at < cluster.end;) {
    const block = element(bytes, at)
    if (block.id === 0xa3 && bytes[block.body] === 0x81) return (bytes[block.body + 3] & 0x80) !== 0
    at = block.end
  }
  return false
}

function element(bytes, at) {
  const idLength = Math.clz32(bytes[at]) - 23
  const id = bytes.readUIntBE(at, idLength)
  const sizeAt = at + idLength
  const length = Math.clz32(bytes[sizeAt]) - 23
  let size = bytes[sizeAt] & (0xff >> length)
  for (let i = 1; i < length; i++) size = size * 256 + bytes[sizeAt + i]
  return { id, body: sizeAt + length, end: sizeAt + length + size }
}

function wrap(id, body) {
  const idBytes = Buffer.from(id.toString(16), 'hex')
  const size = Buffer.alloc(4)
  size.writeUInt32BE((0x10000000 | body.length) >>> 0)
  return Buffer.concat([idBytes, size, body])
}

function uint(value) {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return bytes
}

function pad(bytes, length) {
  const hole = length - bytes.length
  if (hole < 9) throw new Error('prefix too long')
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(hole - 9) | (1n << 56n))
  return Buffer.concat([bytes, Buffer.from([0xec]), size, Buffer.alloc(hole - 9)])
}
