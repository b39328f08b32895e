// @vitest-environment node
/** The outbox against a server over real HTTP that cuts connections: every command once, in order. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { VERSION, type Ask, type Batch, type Command, type PersonId, type RequestId } from '../../protocol/wire'
import { Refused } from '../host'
import { Api } from './api'
import { openKept, type Kept } from './kept'
import { Outbox } from './outbox'

// Every test speaks over sockets, and the machine may be busy with something else.
vi.setConfig({ testTimeout: 30_000 })
/** What waits tries again at once, so that no test waits for the clock. */
const retry = { first: 10, last: 40 }

let server: Server
let api: Api
let kept: Kept
let taken: { client: string; n: number; command: Command }[]
let batches = 0
/** What happens to the next batches: take it, lose it on the way there, lose the answer, refuse it, or speak another version. */
let fate: ('take' | 'lost' | 'unheard' | 'no' | 'gap')[]
/** The versions that the batches named. */
let versions: unknown[]

beforeEach(async () => {
  taken = []
  fate = []
  versions = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      const now = fate.shift() ?? 'take'
      batches += 1
      if (now === 'lost') return request.socket.destroy()
      versions.push(request.headers['deskside-version'])
      if (now === 'gap') return response.writeHead(426, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ code: 'version_mismatch', type: '', status: 426, title: '', next: '' }))
      const batch = JSON.parse(body) as Batch
      for (const one of batch.commands) if (!taken.some(({ client, n }) => client === batch.client_id && n === one.n)) taken.push({ client: batch.client_id, n: one.n, command: one.command })
      if (now === 'unheard') return request.socket.destroy()
      const refused = now === 'no' ? { refused: { code: 'already_taken', type: '', status: 409, title: '', next: '' } } : {}
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ epoch: 1, results: batch.commands.map(({ n }) => ({ n, seq: n * 10, ...refused })) }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  api = new Api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  kept = await openKept('test')
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const ana = 'ana' as PersonId
/** A tab; one without a server knows of it (`online` false) or does not. */
async function open({ person = ana, at = api, online = true, pace = retry } = {}): Promise<Outbox> {
  const outbox = await Outbox.open(at, kept, { onDecided: () => undefined, onSignedOut: () => undefined, isOnline: () => online, retry: pace })
  await outbox.belongTo(person)
  return outbox
}
/** Nobody listens there. */
const nowhere = new Api('http://127.0.0.1:9')

const take = (name: string): Command => ({ kind: 'take', args: { request: name as RequestId } })
const names = () => taken.map(({ command }) => (command.kind === 'take' ? command.args.request : ''))

test('a command goes out and is decided', async () => {
  const outbox = await open()
  expect(await outbox.send(take('a'))).toMatchObject({ n: 1, seq: 10 })
})

test('a lost batch and a lost answer make nothing twice', async () => {
  const outbox = await open()
  fate = ['lost', 'unheard', 'take']
  await Promise.all([outbox.send(take('a')), outbox.send(take('b')), outbox.send(take('c'))])
  expect(names()).toEqual(['a', 'b', 'c'])
})

test('between two versions everything waits, and nothing is refused', async () => {
  const outbox = await open()
  fate = ['gap', 'gap']
  const sent = outbox.send(take('a'))
  await until(() => fate.length === 0)
  expect(outbox.waiting.get().map(({ state }) => state)).not.toContain('refused')
  expect(await sent).toMatchObject({ n: 1, seq: 10 })
  expect(names()).toEqual(['a'])
  expect(versions).toEqual([VERSION, VERSION, VERSION])
})

test('what was not sent is sent by the next start', async () => {
  fate = ['lost']
  const first = await open({ pace: { first: 3_600_000, last: 3_600_000 } })
  void first.send(take('a'))
  await until(() => fate.length === 0 && first.waiting.get()[0]?.state === 'kept')
  expect(first.waiting.get()).toHaveLength(1)
  const second = await open()
  second.flush()
  await until(() => names().length === 1)
  expect(names()).toEqual(['a'])
})

test('what was decided does not go out again while the feed is slow', async () => {
  const outbox = await open()
  await outbox.send(take('a'))
  const before = batches
  await outbox.send(take('b'))
  expect(batches).toBe(before + 1)
  expect(outbox.waiting.get()).toHaveLength(2)
})

test('it is shown as waiting until the feed has brought its effects', async () => {
  const outbox = await open()
  const { seq } = await outbox.send(take('a'))
  expect(outbox.waiting.get()).toHaveLength(1)
  outbox.reached(seq)
  expect(outbox.waiting.get()).toHaveLength(0)
})

test('a refusal is told with its code, and words that were refused stay', async () => {
  const outbox = await open()
  fate = ['no', 'no']
  await expect(outbox.send(take('a'))).rejects.toBeInstanceOf(Refused)
  const words: Command = { kind: 'say', args: { request: 'r' as RequestId, message: 'm' as never, text: 'hello', readable_ibans: [], mentions: { whom: [], reason: '' }, attachments: [], clip: null, moment: null } }
  await expect(outbox.send(words)).rejects.toMatchObject({ problem: { code: 'already_taken' } })
  expect(outbox.waiting.get()).toMatchObject([{ state: 'refused', command: { kind: 'say' } }])
  outbox.forget(outbox.waiting.get()[0]?.commandId ?? '')
  expect(outbox.waiting.get()).toEqual([])
})

test('forgetting a refused one leaves the numbers of the next alone', async () => {
  const outbox = await open()
  fate = ['no']
  const words: Command = { kind: 'say', args: { request: 'r' as RequestId, message: 'm' as never, text: 'hello', readable_ibans: [], mentions: { whom: [], reason: '' }, attachments: [], clip: null, moment: null } }
  await expect(outbox.send(words)).rejects.toBeInstanceOf(Refused)
  outbox.forget(outbox.waiting.get()[0]?.commandId ?? '')
  expect(await outbox.send(take('b'))).toMatchObject({ n: 2 })
})

/** Waits for a condition. The deadline is told by a clock that no test turns. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`not in time: ${condition}; ${JSON.stringify({ fate, taken: taken.map(({ n, command }) => [n, command.kind]) })}`)
}

test('what may have arrived can not be taken back', async () => {
  fate = ['lost', 'take']
  const outbox = await open()
  const sent = outbox.send(take('a'))
  await until(() => fate.length === 1)
  outbox.forget(outbox.waiting.get()[0]?.commandId ?? '')
  await sent
  expect(names()).toEqual(['a'])
})

const asked = (request: string, urgency: Ask['urgency']): Command => ({
  kind: 'ask',
  args: { request: request as RequestId, message: `m ${request}` as never, desk: 'd' as never, text: 'Now?', readable_ibans: [], mentions: { whom: [], reason: '' }, urgency, ticket: null, private_with: null, attachments: [], clip: null, details: [], asked_at: 0 },
})
const kinds = () => taken.map(({ command }) => command.kind)

test('a customer who waited ten minutes ago is asked about, and what speaks of that request waits with it', async () => {
  const before = await open({ at: nowhere, online: false })
  for (const command of [asked('r1', 'live'), { kind: 'withdraw', args: { request: 'r1' as RequestId } } as Command, asked('r2', 'today')]) before.send(command).catch(() => undefined)
  await until(() => before.waiting.get().every(({ state }) => state === 'kept'))
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 11 * 60_000)
  const outbox = await open()
  await until(() => taken.length === 1)
  expect(taken.map(({ command, n }) => [command.kind === 'ask' && command.args.request, n])).toEqual([['r2', 1]])
  await until(() => outbox.waiting.get().map(({ state }) => state).join() === 'held,kept,sending')
  outbox.release(outbox.waiting.get()[0]?.commandId ?? '')
  await until(() => taken.length === 3)
  expect(kinds()).toEqual(['ask', 'ask', 'withdraw'])
})

test('an ask that is not needed any more goes, with what speaks of it, and nothing of it was sent', async () => {
  const before = await open({ at: nowhere, online: false })
  for (const command of [asked('r1', 'live'), { kind: 'withdraw', args: { request: 'r1' as RequestId } } as Command]) before.send(command).catch(() => undefined)
  await until(() => before.waiting.get().every(({ state }) => state === 'kept'))
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 11 * 60_000)
  const outbox = await open()
  await until(() => outbox.waiting.get()[0]?.state === 'held')
  outbox.forget(outbox.waiting.get()[0]?.commandId ?? '')
  expect(outbox.waiting.get()).toEqual([])
  await outbox.send(take('b'))
  expect(taken.map(({ n }) => n)).toEqual([1])
  expect((await kept.lines()).length).toBe(0)
})

test('an ask that may have left is never held: the same number goes out again', async () => {
  const before = await open({ at: nowhere })
  before.send(asked('r1', 'live')).catch(() => undefined)
  await until(() => before.waiting.get()[0]?.maybeSent === true && before.waiting.get()[0]?.state === 'kept')
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 11 * 60_000)
  await open()
  await until(() => taken.length === 1)
  expect(kinds()).toEqual(['ask'])
})

test('what one person left behind is not sent in the name of the next', async () => {
  const hers = await open({ at: nowhere })
  hers.send(take('a')).catch(() => undefined)
  await until(() => hers.waiting.get()[0]?.maybeSent === true && hers.waiting.get()[0]?.state === 'kept')
  const his = await open({ person: 'ben' as PersonId })
  await his.send(take('b'))
  expect(names()).toEqual(['b'])
  const back = await open()
  await until(() => names().length === 2)
  expect(back.clientId).toBe(hers.clientId)
})
