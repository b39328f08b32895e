// @vitest-environment node
/** Reading by ranges from a real server: one that holds its answer open, and one that does not. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { GrowingFile, Unreadable } from './growing'

let server: Server
afterEach(() => new Promise((resolve) => server.close(resolve)))

async function serve(answer: (range: string) => { status: number; range?: string; body?: string }): Promise<GrowingFile> {
  server = createServer((request, response) => {
    const { status, range, body } = answer(request.headers.range ?? '')
    response.writeHead(status, { ...(range && { 'content-range': range }) }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new GrowingFile(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const words = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const signal = AbortSignal.timeout(5000)

test('a part of a file that grows has no total', async () => {
  const file = await serve(() => ({ status: 206, range: 'bytes 2-4/*', body: 'cde' }))
  expect(await file.read(2, 4, signal)).toMatchObject({ offset: 2, total: undefined })
})

test('a total says that it is finished', async () => {
  const file = await serve(() => ({ status: 206, range: 'bytes 0-2/10', body: 'abc' }))
  expect((await file.read(0, 2, signal)).total).toBe(10)
})

test('the end of what exists is asked for from behind', async () => {
  let asked = ''
  const file = await serve((range) => {
    asked = range
    return { status: 206, range: 'bytes 7-9/*', body: 'hij' }
  })
  const part = await file.readLast(3, signal)
  expect([asked, part.offset, words(part.bytes)]).toEqual(['bytes=-3', 7, 'hij'])
})

test('nothing there yet is no error', async () => {
  const file = await serve(() => ({ status: 416, range: 'bytes */10' }))
  expect((await file.read(10, 20, signal)).bytes.length).toBe(0)
  const parts = []
  for await (const part of file.follow(10, signal)) parts.push(part)
  expect(parts).toEqual([])
})

test('a server without ranges is read from where one wants', async () => {
  const file = await serve(() => ({ status: 200, body: 'abcdef' }))
  const parts = []
  for await (const part of file.follow(4, signal)) parts.push([part.offset, words(part.bytes)])
  expect(parts).toEqual([[4, 'ef']])
})

test('a refusal keeps its status', async () => {
  const file = await serve(() => ({ status: 404 }))
  await expect(file.read(0, 1, signal)).rejects.toMatchObject(new Unreadable(404))
})
