// @vitest-environment node
/** What leaves is searched pixel by pixel and byte by byte, in the browser that makes it. */

import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Inks } from './paint'
import { chunks, onlyPixels } from './png'
import { added, cropped, newScene, type NewMark, type Scene } from './scene'

const SIZE = { width: 320, height: 200 }
/** A colour that appears only where the secret stands. */
const SECRET = { r: 250, g: 10, b: 201 }
const SECRET_AT = { x: 100, y: 60, width: 90, height: 30 }
const INKS: Inks = { mark: 'rgb(170 40 30)', halo: 'rgb(255 255 255)', cover: 'rgb(12 12 14)', font: 'sans-serif' }
const CODE_CARRIER = 'tEXt'
const HIDDEN = '4111 1111 1111 1111'

let browser: Browser
let page: Page

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry: new URL('flatten.ts', import.meta.url).pathname, formats: ['iife'], name: 'mark' } },
  })
  const output = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const code = output.find((file) => file.type === 'chunk')?.code
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'],
  })
  page = await browser.newPage()
  await page.addScriptTag({ content: code ?? '' })
}, 60_000)

afterAll(() => browser?.close())

/** A white picture with the secret's rectangle, and words hidden in its metadata. */
function original(): Uint8Array<ArrayBuffer> {
  const rows: number[] = []
  for (let y = 0; y < SIZE.height; y++) {
    rows.push(0)
    for (let x = 0; x < SIZE.width; x++) {
      const inside = x >= SECRET_AT.x && x < SECRET_AT.x + SECRET_AT.width && y >= SECRET_AT.y && y < SECRET_AT.y + SECRET_AT.height
      rows.push(...(inside ? [SECRET.r, SECRET.g, SECRET.b] : [255, 255, 255]))
    }
  }
  const header = new Uint8Array(13)
  new DataView(header.buffer).setUint32(0, SIZE.width)
  new DataView(header.buffer).setUint32(4, SIZE.height)
  header.set([8, 2, 0, 0, 0], 8)
  const parts = [
    chunk('IHDR', header),
    chunk(CODE_CARRIER, new TextEncoder().encode(`Comment\0${HIDDEN}`)),
    chunk('IDAT', new Uint8Array(deflateSync(new Uint8Array(rows)))),
    chunk('IEND', new Uint8Array(0)),
  ]
  const after = new TextEncoder().encode(`after the end: ${HIDDEN}`)
  return new Uint8Array(Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts, after]))
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const whole = Buffer.alloc(12 + data.length)
  whole.writeUInt32BE(data.length, 0)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), 8 + data.length)
  return whole
}

/** Makes the picture that leaves, in the browser. */
async function leaves(scene: Scene): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await page.evaluate(
    async ({ scene, inks, png }) => {
      const picture = await createImageBitmap(new Blob([new Uint8Array(png)], { type: 'image/png' }))
      const flatten = (globalThis as unknown as { mark: { flatten: (...args: unknown[]) => Promise<Blob> } }).mark.flatten
      const made = await flatten(scene, picture, inks)
      return [...new Uint8Array(await made.arrayBuffer())]
    },
    { scene, inks: INKS, png: [...original()] },
  )
  return new Uint8Array(bytes)
}

/** The pixels of a PNG with eight bits and three or four channels, as every canvas makes them; written apart from the code under test. */
function decode(png: Uint8Array<ArrayBuffer>): { width: number; height: number; at: (x: number, y: number) => { r: number; g: number; b: number } } {
  const all = chunks(png)
  const header = all[0]?.bytes.subarray(8) ?? new Uint8Array()
  const view = new DataView(header.buffer, header.byteOffset)
  const [width, height, channels] = [view.getUint32(0), view.getUint32(4), header[9] === 6 ? 4 : 3]
  expect([header[8], header[9] === 6 || header[9] === 2, header[12]]).toEqual([8, true, 0])
  const raw = inflateSync(Buffer.concat(all.filter(({ name }) => name === 'IDAT').map(({ bytes }) => bytes.subarray(8, -4))))
  const pixels = new Uint8Array(width * height * channels)
  const stride = width * channels
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let i = 0; i < stride; i++) {
      const left = i >= channels ? (pixels[y * stride + i - channels] ?? 0) : 0
      const up = y > 0 ? (pixels[(y - 1) * stride + i] ?? 0) : 0
      const corner = y > 0 && i >= channels ? (pixels[(y - 1) * stride + i - channels] ?? 0) : 0
      const guess = left + up - corner
      const nearest = [left, up, corner].toSorted((a, b) => Math.abs(guess - a) - Math.abs(guess - b))[0] ?? 0
      const add = [0, left, up, (left + up) >> 1, nearest][filter ?? 0] ?? 0
      pixels[y * stride + i] = (raw[y * (stride + 1) + 1 + i] ?? 0) + add
    }
  }
  const at = (x: number, y: number) => {
    const i = y * stride + x * channels
    return { r: pixels[i] ?? 0, g: pixels[i + 1] ?? 0, b: pixels[i + 2] ?? 0 }
  }
  return { width, height, at }
}

/** How many pixels carry any trace of the secret's colour: mixed with white, a mark or the cover it is still more red and blue than green. */
function traces(png: Uint8Array<ArrayBuffer>): number {
  const { width, height, at } = decode(png)
  let count = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { r, g, b } = at(x, y)
      if (r - g > 12 && b - g > 12) count += 1
    }
  }
  return count
}

const bare = newScene(SIZE.width, SIZE.height)
const redaction: NewMark = { kind: 'redact', rect: SECRET_AT, fixed: false }

describe('the picture that leaves', () => {
  it('shows the secret when nothing was done about it, so that the search can find it', async () => {
    expect(traces(await leaves(bare))).toBe(SECRET_AT.width * SECRET_AT.height)
  })

  it('has a solid colour where it was redacted, and no trace of what was there', async () => {
    const png = await leaves(added(bare, redaction))
    expect(traces(png)).toBe(0)
    const { at } = decode(png)
    const colours = new Set<string>()
    for (let y = SECRET_AT.y; y < SECRET_AT.y + SECRET_AT.height; y++) for (let x = SECRET_AT.x; x < SECRET_AT.x + SECRET_AT.width; x++) colours.add(JSON.stringify(at(x, y)))
    expect([...colours]).toEqual(['{"r":12,"g":12,"b":14}'])
  })

  it('has no half covered edge when the redaction lies between pixels', async () => {
    const between = { x: SECRET_AT.x + 0.4, y: SECRET_AT.y + 0.3, width: SECRET_AT.width - 0.8, height: SECRET_AT.height - 0.7 }
    expect(traces(await leaves(added(bare, { kind: 'redact', rect: between, fixed: false })))).toBe(0)
  })

  it('covers words that were written before and after the redaction', async () => {
    const words: NewMark = { kind: 'text', rect: { x: 110, y: 64, width: 70, height: 22 }, words: '4111 1111' }
    const scene = [words, redaction, { kind: 'number', at: { x: 140, y: 75 } } as const].reduce(added, bare)
    const { at } = decode(await leaves(scene))
    expect([at(120, 75), at(140, 75), at(175, 70)]).toEqual([{ r: 12, g: 12, b: 14 }, { r: 12, g: 12, b: 14 }, { r: 12, g: 12, b: 14 }])
  })

  it('is only as large as what was kept, and holds nothing of the rest', async () => {
    const png = await leaves(cropped(bare, { x: 0, y: 0, width: 90, height: 200 }))
    const { width, height } = decode(png)
    expect([width, height]).toEqual([90, 200])
    expect(traces(png)).toBe(0)
  })

  it('is redacted at the right place when it was cropped, too', async () => {
    const png = await leaves(cropped(added(bare, redaction), { x: 81, y: 33, width: 150, height: 100 }))
    expect(traces(png)).toBe(0)
    expect(decode(png).at(SECRET_AT.x - 81, SECRET_AT.y - 33)).toEqual({ r: 12, g: 12, b: 14 })
    expect(decode(png).at(SECRET_AT.x - 82, SECRET_AT.y - 34)).toEqual({ r: 255, g: 255, b: 255 })
  })

  it('is drawn as it was seen: arrow, box, pen, number and words leave their colour', async () => {
    const marks: NewMark[] = [
      { kind: 'arrow', from: { x: 10, y: 150 }, to: { x: 60, y: 150 } },
      { kind: 'box', rect: { x: 10, y: 10, width: 40, height: 30 } },
      { kind: 'pen', points: [{ x: 200, y: 150 }, { x: 220, y: 150 }, { x: 240, y: 150 }] },
      { kind: 'number', at: { x: 290, y: 30 } },
    ]
    const { at } = decode(await leaves(marks.reduce(added, bare)))
    for (const [x, y] of [[30, 150], [10, 25], [220, 150], [282, 36]] as const) {
      const { r, g, b } = at(x, y)
      expect(r - g > 60 && r - b > 60, `${x},${y} is ${r},${g},${b}`).toBe(true)
    }
  })

  it('carries no metadata of the original, and none of its own', async () => {
    const before = Buffer.from(original())
    expect(before.includes(HIDDEN)).toBe(true)
    const png = await leaves(bare)
    expect(Buffer.from(png).includes(HIDDEN)).toBe(false)
    expect([...new Set(chunks(png).map(({ name }) => name))]).toEqual(['IHDR', 'IDAT', 'IEND'])
    expect(chunks(png).reduce((sum, { bytes }) => sum + bytes.length, 8)).toBe(png.length)
  })
})

describe('only pixels', () => {
  it('drops what hides beside the pixels and after the end', async () => {
    const png = new Uint8Array(await onlyPixels(original()).arrayBuffer())
    expect(Buffer.from(png).includes('4111')).toBe(false)
    expect(traces(png)).toBe(SECRET_AT.width * SECRET_AT.height)
  })

  it('takes nothing that is not a whole PNG', () => {
    expect(() => onlyPixels(new Uint8Array([1, 2, 3]))).toThrow()
    expect(() => onlyPixels(original().slice(0, 60))).toThrow()
  })
})
