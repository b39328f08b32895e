/** Waiting for a condition, never for a time. */

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
