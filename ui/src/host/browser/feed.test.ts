/** The feed of a browser against a server that leaves frames out, says them twice, falls silent or begins anew. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Change, FromServer, PersonId, Snapshot } from '../../protocol/wire'
import type { Connection } from '../host'
import { Api } from './api'
import { Feed, type FeedEvents } from './feed'

/** A socket that says what the test says. */
class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 3
  static all: FakeSocket[] = []
  readyState = FakeSocket.CONNECTING
  sent: string[] = []
  onopen: (() => void) | undefined
  onmessage: ((message: { data: string }) => void) | undefined
  onclose: ((event: { code: number }) => void) | undefined

  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }

  send(text: string) {
    this.sent.push(text)
  }

  close(code = 1000) {
    if (this.readyState === FakeSocket.CLOSED) return
    this.readyState = FakeSocket.CLOSED
    this.onclose?.({ code })
  }

  opens() {
    this.readyState = FakeSocket.OPEN
    this.onopen?.()
  }

  says(frame: FromServer) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  /** Where the browser wants to go on. */
  get cursor(): unknown {
    return (JSON.parse(this.sent[0] ?? '{}') as { cursor?: unknown }).cursor
  }
}

class FakeApi extends Api {
  snapshots = 0

  override get<T>(): Promise<T> {
    this.snapshots += 1
    const snapshot: Snapshot = { cursor: { epoch: 7, seq: this.snapshots * 10 }, me: 'ana' as PersonId, now: 0, entities: [] }
    return Promise.resolve(snapshot as T)
  }
}

let api: FakeApi
let feed: Feed
let taken: number[]
let said: Connection[]

const change = (prev: number, seq: number): FromServer => ({ type: 'changes', prev, seq, items: [] as Change[] })
/** The socket that is open now; opens the newest one first. */
async function socket(): Promise<FakeSocket> {
  const newest = FakeSocket.all.at(-1)
  if (!newest) throw new Error('no socket was ever opened')
  if (newest.readyState === FakeSocket.CONNECTING) newest.opens()
  return newest
}
/** Lets the browser wait until it tries again. */
const later = () => vi.advanceTimersByTimeAsync(20_000)

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  FakeSocket.all = []
  taken = []
  said = []
  api = new FakeApi('/api/v1')
  const events: FeedEvents = {
    snapshot: () => Promise.resolve(),
    changes: (_items, seq) => taken.push(seq),
    passing: () => undefined,
    time: () => undefined,
    connection: (state) => said.push(state),
    signedOut: () => undefined,
  }
  feed = new Feed(api, () => 'tab', events)
  await feed.start()
})
afterEach(() => {
  feed.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('what follows the cursor is taken, and the cursor goes with it', async () => {
  const open = await socket()
  expect(open.cursor).toEqual({ epoch: 7, seq: 10 })
  open.says(change(10, 12))
  open.says(change(12, 13))
  expect(taken).toEqual([12, 13])
})

test.each([
  ['left out', 11],
  ['said twice', 9],
])('after a frame that was %s nothing of it is taken, and the feed goes on from the cursor', async (_what, prev) => {
  const first = await socket()
  first.says(change(prev, 14))
  expect(taken).toEqual([])
  expect(first.readyState).toBe(FakeSocket.CLOSED)
  // What a socket that was given up still says is nobody's business.
  first.says(change(10, 99))
  await later()
  const second = await socket()
  expect(second).not.toBe(first)
  expect(second.cursor).toEqual({ epoch: 7, seq: 10 })
  second.says(change(10, 14))
  expect(taken).toEqual([14])
  expect(api.snapshots).toBe(1)
})

test.each(['epoch', 'cursor', 'rights'] as const)('a reset because of the %s begins with a fresh snapshot', async (reason) => {
  const first = await socket()
  first.says({ type: 'reset', reason })
  await later()
  expect(api.snapshots).toBe(2)
  const second = await socket()
  expect(second.cursor).toEqual({ epoch: 7, seq: 20 })
  second.says(change(20, 21))
  expect(taken).toEqual([21])
})

test('a feed that falls silent is given up after 45 seconds and said to be gone', async () => {
  const first = await socket()
  first.says({ type: 'caught_up', seq: 10 })
  expect(said.at(-1)).toEqual({ kind: 'online' })
  await vi.advanceTimersByTimeAsync(44_000)
  first.says({ type: 'head', seq: 10, now: 0 })
  await vi.advanceTimersByTimeAsync(44_000)
  expect(first.readyState).toBe(FakeSocket.OPEN)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(first.readyState).toBe(FakeSocket.CLOSED)
  expect(said.at(-1)?.kind).toBe('offline')
  await later()
  const second = await socket()
  expect(second.cursor).toEqual({ epoch: 7, seq: 10 })
  second.says({ type: 'caught_up', seq: 10 })
  expect(said.at(-1)).toEqual({ kind: 'online' })
})

test('another version is said, and nothing is tried any more', async () => {
  const first = await socket()
  first.says({ type: 'reset', reason: 'version' })
  expect(said.at(-1)).toEqual({ kind: 'outdated' })
  await vi.advanceTimersByTimeAsync(600_000)
  expect(FakeSocket.all).toEqual([first])
})
