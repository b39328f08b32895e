/** Which of somebody's topics a question is about: the topic, or a word that begins like it, stands in it. Pure. */

/** Shorter beginnings fit too much. */
const SHORTEST = 4

/** `asked`: the words of the question, taken once for all whose topics are looked at. */
export function topicsIn(asked: readonly string[], topics: readonly string[]): string[] {
  if (topics.length === 0) return []
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

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []
}
