// @vitest-environment node
/** Reading a WebM that comes in any pieces, on the clip of the demo host: a real VP9 file with clusters and cues. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ClusterSplitter, NotWebM, findClusters, readHead, readKeyframes, type Cluster } from './webm'

const file = new Uint8Array(readFileSync(join(import.meta.dirname, '../../host/fake/media/refund.webm')))

/** mulberry32: the same seed cuts at the same places. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function head() {
  const found = readHead(file)
  if (!found) throw new Error('the file has no head')
  return found
}

function split(pieces: Uint8Array[]): Cluster[] {
  const splitter = new ClusterSplitter(head(), head().firstCluster)
  return pieces.flatMap((piece) => splitter.push(piece))
}

test('the index says where decoding can begin, as the clusters do', () => {
  const keyframes = split([file.subarray(head().firstCluster)]).flatMap(({ keyframe }) => keyframe ?? [])
  expect(readKeyframes(file)).toEqual(keyframes)
  expect(readKeyframes(file.subarray(0, head().firstCluster))).toEqual(keyframes)
  expect(readKeyframes(file.subarray(0, 90))).toEqual([0])
  expect(keyframes.length).toBeGreaterThan(3)
})

describe('head', () => {
  test('names the codec and where the clusters begin', () => {
    expect(head().mimeType).toBe('video/webm; codecs="vp9"')
    expect([...file.subarray(head().firstCluster, head().firstCluster + 4)]).toEqual([0x1f, 0x43, 0xb6, 0x75])
    expect(head().unit).toBe(0.001)
  })

  test('is not there before its last byte, and does not change with what follows', () => {
    const { firstCluster, init } = head()
    for (const cut of [0, 1, 4, 40, 60, firstCluster - 1, firstCluster + 2]) expect(readHead(file.subarray(0, cut)), `cut at ${cut}`).toBeUndefined()
    expect(readHead(file.subarray(0, firstCluster + 12))?.init).toEqual(init)
  })

  test('holds no padding, cues or seek head', () => {
    expect(head().init.length).toBeLessThan(400)
  })

  test('refuses what is no WebM', () => {
    expect(() => readHead(new TextEncoder().encode('<!doctype html><title>404</title>'))).toThrow(NotWebM)
  })
})

describe('clusters', () => {
  const whole = split([file.subarray(head().firstCluster)])

  test('begin where the one before ended, with a key frame in the first', () => {
    expect(whole.length).toBeGreaterThan(1)
    expect(whole[0]?.keyframe).toBe(0)
    for (const [i, cluster] of whole.entries()) {
      expect(cluster.lastTime).toBeGreaterThanOrEqual(cluster.time)
      if (i > 0) expect(cluster.time).toBeGreaterThan(whole[i - 1]?.lastTime ?? -1)
    }
  })

  test('are the same however the bytes are cut', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
    const next = random(seed)
    for (let round = 0; round < 20; round++) {
      const pieces: Uint8Array[] = []
      for (let at = head().firstCluster; at < file.length;) {
        const to = Math.min(file.length, at + 1 + Math.floor(next() * 9000))
        pieces.push(file.subarray(at, to))
        at = to
      }
      expect(split(pieces).map(({ offset, time, keyframe, bytes }) => [offset, time, keyframe, bytes.length]), `seed ${seed} round ${round}`).toEqual(
        whole.map(({ offset, time, keyframe, bytes }) => [offset, time, keyframe, bytes.length]),
      )
    }
  })

  test('go on after a cut from the offset that was handed out', () => {
    const splitter = new ClusterSplitter(head(), head().firstCluster)
    const first = splitter.push(file.subarray(head().firstCluster, (whole[1]?.offset ?? 0) + 100))
    const again = new ClusterSplitter(head(), splitter.offset)
    const rest = again.push(file.subarray(splitter.offset))
    expect([...first, ...rest].map((cluster) => cluster.offset)).toEqual(whole.map((cluster) => cluster.offset))
  })

  test('are found from the middle of the file', () => {
    const from = (whole.at(-1)?.offset ?? 0) - 500
    const found = findClusters(head(), file.subarray(from), from)
    expect(found.at(0)?.offset).toBe(whole.at(-1)?.offset)
  })

  test('are not found where only their first four bytes stand by chance', () => {
    const noise = new Uint8Array(4000).fill(0x42)
    noise.set([0x1f, 0x43, 0xb6, 0x75, 0x81, 0xe7], 1000)
    expect(findClusters(head(), noise, 0)).toEqual([])
  })
})
