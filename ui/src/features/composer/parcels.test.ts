import { beforeEach, expect, test } from 'vitest'
import type { FoundNumber, Host, SessionState } from '../../host/host'
import { store } from '../../host/store'
import type { RequestId } from '../../protocol/wire'
import type { Chosen } from './files'
import { addFiles, addMarked, drop, empty, parcelOf, parcels, send, takeBack, takeShots } from './parcels'

const thread = 'a thread' as RequestId
const other = 'another thread' as RequestId
const picture = (name = 'bill.png') => new File(['pixels'], name, { type: 'image/png' })
const names = (chosen: readonly Chosen[]) => chosen.map(({ about }) => about.name)

let number = 0
/** The app's part that looks at pictures; `look` is how it goes. */
function hostThat(look: () => Promise<FoundNumber[]>): Host {
  return {
    id: () => `id ${(number += 1)}`,
    capabilities: store({ findNumbers: { can: true } }),
    desktop: { numbers: { inPicture: look, clean: async (picture: Blob) => picture } },
  } as unknown as Host
}
/** A look that goes on until it is told to end. */
function slow() {
  const ends: (() => void)[] = []
  return { host: hostThat(() => new Promise((resolve) => ends.push(() => resolve([])))), end: () => ends.shift()?.() }
}

beforeEach(() => parcels.set(new Map()))

test('what was sent while a picture was looked at leaves when it is ready, and nobody has to stay for it', async () => {
  const { host, end } = slow()
  const added = addFiles(host, thread, [picture()])
  const left: string[][] = []
  send(thread, (chosen) => left.push(names(chosen)))
  expect(left).toEqual([])
  expect(parcelOf(thread).leaving).toBeDefined()
  await Promise.resolve()
  end()
  await added
  expect(left).toEqual([['bill.png']])
  expect(parcelOf(thread)).toMatchObject({ chosen: [], leaving: undefined, looking: 0, left: 1 })
})

test('written on before that, it stays', async () => {
  const { host, end } = slow()
  const added = addFiles(host, thread, [picture()])
  const left: string[][] = []
  send(thread, (chosen) => left.push(names(chosen)))
  takeBack(thread)
  await Promise.resolve()
  end()
  await added
  expect(left).toEqual([])
  expect(names(parcelOf(thread).chosen)).toEqual(['bill.png'])
})

test('a picture whose number can\'t be covered is never sent; the words that were to leave with it wait', async () => {
  // Nothing here can read pixels, so covering fails, as with a picture that is broken.
  const host = hostThat(async () => [{ kind: 'card', x: 0, y: 0, width: 9, height: 9 }])
  const added = addFiles(host, thread, [picture()])
  let left = 0
  send(thread, () => (left += 1))
  await added
  expect(left).toBe(0)
  expect(parcelOf(thread)).toMatchObject({ chosen: [], leaving: undefined, looking: 0 })
  expect(parcelOf(thread).problem).toContain('bill.png')
})

test('a picture is for one thread, also when it comes later; after it was emptied it comes for nothing', async () => {
  const { host, end } = slow()
  const first = addFiles(host, thread, [picture('first.png')])
  const second = addFiles(host, other, [picture('second.png')])
  await Promise.resolve()
  empty(other)
  end()
  end()
  await Promise.all([first, second])
  expect(names(parcelOf(thread).chosen)).toEqual(['first.png'])
  expect(parcelOf(other).chosen).toEqual([])
})

test('ten at most, counted with those being looked at', async () => {
  const { host, end } = slow()
  const nine = addFiles(host, thread, Array.from({ length: 9 }, (_, i) => picture(`${i}.png`)))
  const two = addFiles(host, thread, [new File(['a'], 'a.txt', { type: 'text/plain' }), new File(['b'], 'b.txt', { type: 'text/plain' })])
  expect(parcelOf(thread)).toMatchObject({ looking: 10 })
  expect(parcelOf(thread).problem).toContain('Ten')
  for (let i = 0; i < 9; i += 1) {
    await new Promise((resolve) => setTimeout(resolve))
    end()
  }
  await Promise.all([nine, two])
  expect(parcelOf(thread).chosen).toHaveLength(10)
})

test('a marked picture takes the place of the one it was made of; one that is gone by then is added', async () => {
  const host = hostThat(async () => [])
  await addFiles(host, thread, [picture('a.png'), picture('b.png')])
  const [a] = parcelOf(thread).chosen
  if (!a) throw new Error('nothing chosen')
  await addMarked(host, thread, picture(), 'a marked.png', a.about.id)
  expect(names(parcelOf(thread).chosen)).toEqual(['a marked.png', 'b.png'])
  for (const one of parcelOf(thread).chosen) drop(thread, one)
  await addMarked(host, thread, picture(), 'late.png', a.about.id)
  expect(names(parcelOf(thread).chosen)).toEqual(['late.png'])
})

test('screenshots go to what they were begun for, and nothing outlives a sign-out', async () => {
  let came: (picture: Blob, forWhat: RequestId | 'ask') => void = () => undefined
  const session = store<SessionState>({ kind: 'in', me: 'me' } as SessionState)
  const host = { ...hostThat(async () => []), session }
  Object.assign(host.desktop ?? {}, { shots: { onPicture: (listener: typeof came) => ((came = listener), () => undefined) } })
  takeShots(host)
  came(picture(), 'ask')
  await new Promise((resolve) => setTimeout(resolve))
  expect(names(parcelOf('ask').chosen)).toEqual(['screenshot.png'])
  expect(parcelOf(thread).chosen).toEqual([])
  came(picture(), thread)
  session.set({ kind: 'starting' } as SessionState)
  await new Promise((resolve) => setTimeout(resolve))
  expect(parcels.get().size).toBe(0)
})
