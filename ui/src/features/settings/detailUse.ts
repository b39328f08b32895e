/**
 * How often what a desk requires besides the question was of use: asked with so many, used by helpers with so many. Of the
 * requests that are here (open ones and those of two weeks), so that a desk learns which field it can drop. Never by person.
 */

import type { DeskId, Request } from '../../protocol/wire'

export interface DetailUse {
  name: string
  asked: number
  used: number
}

/** Questions after which a field that nobody used is worth dropping. */
const ENOUGH = 10

export function detailUse(requests: Iterable<Request>, desk: DeskId, fields: readonly string[]): DetailUse[] {
  const found = new Map(fields.map((name) => [name, { name, asked: 0, used: 0 }]))
  for (const request of requests) {
    if (request.desk !== desk) continue
    for (const { name, used } of request.care.details) {
      const use = found.get(name)
      if (!use) continue
      use.asked += 1
      if (used) use.used += 1
    }
  }
  return [...found.values()].filter(({ asked }) => asked > 0)
}

export function isWorthDropping({ asked, used }: DetailUse): boolean {
  return asked >= ENOUGH && used === 0
}
