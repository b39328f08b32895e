/** Which of somebody's topics a question is about: the topic, or a word that begins like it, stands in it. Pure. */

/** Shorter beginnings fit too much. */
const SHORTEST = 4

export function topicsIn(question: string, topics: readonly string[]): string[] {
  const asked = wordsOf(question)
  return topics.filter((topic) => {
    const wanted = wordsOf(topic)
    return wanted.length > 0 && wanted.every((word) => asked.some((other) => isAlike(word, other)))
  })
}

/** `port` and `porting`, `invoice` and `invoices`: one is the beginning of the other. */
function isAlike(one: string, other: string): boolean {
  if (one === other) return true
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short.length >= SHORTEST && long.startsWith(short)
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []
}
