/** Waiting for a condition, never for a time: what follows an act is there when it has come, not when one looks. */

import assert from 'node:assert/strict'

/** Waits until `look` answers with something that `isRight`, or tells what it was at last. */
export async function eventually(look, isRight, what, within = 15_000) {
  const deadline = performance.now() + within
  for (;;) {
    const last = await look()
    if (isRight(last)) return last
    if (performance.now() > deadline) throw new Error(`${what}: still ${JSON.stringify(last)} after ${within} ms`)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}

/** Waits until `look` answers with `wanted`; the difference is shown if it never does. */
export async function becomes(look, wanted, what, within = 15_000) {
  const deadline = performance.now() + within
  for (;;) {
    const last = await look()
    if (last === wanted) return
    if (performance.now() > deadline) assert.equal(last, wanted, what)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}
