/** A PNG reduced to its pixels: no text, time, camera, profile or thumbnail leaves with it. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** What a picture needs to be a picture: header, palette, its transparency, pixels, end. */
const NEEDED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])

export interface Chunk {
  name: string
  /** The whole chunk with length, name and checksum. */
  bytes: Uint8Array<ArrayBuffer>
}

/** Throws if the bytes are no whole PNG. Bytes after the end are not part of it. */
export function chunks(png: Uint8Array<ArrayBuffer>): Chunk[] {
  if (!SIGNATURE.every((byte, i) => png[i] === byte)) throw new Error('no PNG')
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const found: Chunk[] = []
  for (let at = SIGNATURE.length; at + 12 <= png.byteLength; ) {
    const end = at + 12 + view.getUint32(at)
    if (end > png.byteLength) break
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8))
    found.push({ name, bytes: png.slice(at, end) })
    if (name === 'IEND') return found
    at = end
  }
  throw new Error('a PNG without an end')
}

export function onlyPixels(png: Uint8Array<ArrayBuffer>): Blob {
  const needed = chunks(png).filter(({ name }) => NEEDED.has(name))
  return new Blob([new Uint8Array(SIGNATURE), ...needed.map(({ bytes }) => bytes)], { type: 'image/png' })
}
