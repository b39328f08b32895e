/** The handles of the cut as a browser moves them, on a clip whose places are not whole steps, as no clip's are. */

import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ClipPart } from '../../protocol/wire'
import { Trim } from './Trim'

vi.mock('./webm', () => ({ readKeyframes: () => [0, 2.033, 10.033, 20.066] }))

let root: Root
let place: HTMLElement
const cut = vi.fn<(keep: ClipPart[]) => void>()
const video = document.createElement('video')
const show = (length: number) => act(async () => root.render(<Trim video={getVideo} address="/clip" length={length} onCut={cut} onKeep={() => undefined} />))
const getVideo = () => video

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.stubGlobal('fetch', async () => new Response(new Uint8Array(8)))
  cut.mockClear()
  video.currentTime = 0
  place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place)
  await show(31.27)
})
afterEach(async () => {
  await act(async () => root.unmount())
  place.remove()
})

const handles = () => [...place.querySelectorAll<HTMLInputElement>('input[type=range]')]
/** As a browser changes a range field, and a reader of the screen through it. */
const set = (which: number, value: number) =>
  act(async () => {
    const handle = handles()[which]
    if (!handle) throw new Error(`no handle ${which}`)
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(handle, String(value))
    handle.dispatchEvent(new Event('input', { bubbles: true }))
    handle.dispatchEvent(new Event('change', { bubbles: true }))
  })
const press = (name: RegExp) => act(async () => [...place.querySelectorAll('button')].find((one) => name.test(one.textContent ?? ''))?.click())
const kept = async () => {
  await press(/^Cut$/)
  await press(/Erase the rest/)
  return cut.mock.calls.at(-1)?.[0]
}

test('the end moves the end, though the beginning stands between two steps', async () => {
  await set(0, 10)
  await set(1, 30.2)
  expect(await kept()).toEqual([{ from_ms: 10_033, to_ms: 30_200 }])
})

test('both handles of the part behind a gap move', async () => {
  video.currentTime = 5
  await act(async () => video.dispatchEvent(new Event('timeupdate')))
  await press(/^Cut out from/)
  await set(3, 30)
  await set(2, 20)
  expect(await kept()).toEqual([{ from_ms: 0, to_ms: 5000 }, { from_ms: 20_066, to_ms: 30_000 }])
})

test('what goes to the end goes to the true end, once the player knows it', async () => {
  await set(0, 2)
  await show(31.9)
  expect(await kept()).toEqual([{ from_ms: 2033, to_ms: 31_900 }])
})

test('the very end can be chosen again after it was moved', async () => {
  await set(0, 2)
  await set(1, 30)
  await set(1, 31.3)
  expect(await kept()).toEqual([{ from_ms: 2033, to_ms: 31_270 }])
})
