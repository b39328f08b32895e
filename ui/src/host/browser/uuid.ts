/** UUIDv7: an id that is final before the server has seen it, and sorts by the time it was made. */

let last = 0
let sequence = 0

export function uuid7(now: number = Date.now()): string {
  // Two ids of the same millisecond keep their order by the 12 bits after the version.
  if (now <= last) sequence += 1
  else sequence = 0
  if (sequence > 0xfff) {
    sequence = 0
    last += 1
  }
  last = Math.max(last, now)
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0')
  const time = hex(last, 12)
  const random = Array.from(bytes, (byte) => hex(byte, 2)).join('')
  const variant = hex(((bytes[0] ?? 0) & 0x3f) | 0x80, 2)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(sequence, 3)}-${variant}${random.slice(2, 4)}-${random.slice(4, 16)}`
}
