/**
 * The lines of the inbox, kept in order while requests change: one that changed is taken out and put back in its place,
 * the thousands around it are not looked at. `groupsOf` says the same from scratch, slowly; a test holds them together.
 */

import type { RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { groupsOf, inOrder, linesOf, ORDER, placeOf, type GroupName, type Line, type View } from './groups'
import type { Request } from '../../protocol/wire'

interface Placed {
  name: GroupName
  request: Request
}

export class InboxOrder {
  #groups = new Map<GroupName, Request[]>()
  #placed = new Map<RequestId, Placed>()
  #lines: readonly Line[] = []
  #whole = false
  #stale = true

  constructor(
    private readonly replica: Replica,
    private readonly view: View,
  ) {}

  /** Begins to follow; returns how to stop. */
  readonly follow = (): (() => void) => {
    this.#whole = false
    return this.replica.watchRequests((id) => {
      if (id === undefined) this.#whole = false
      else if (this.#whole) this.#move(id)
    })
  }

  /** The same array until the order changes. */
  readonly lines = (): readonly Line[] => {
    if (!this.#whole) this.#begin()
    if (this.#stale) {
      this.#stale = false
      this.#lines = linesOf(ORDER[this.view].flatMap((name) => {
        const requests = this.#groups.get(name)
        return requests?.length ? [{ name, ids: requests.map(({ id }) => id) }] : []
      }))
    }
    return this.#lines
  }

  #begin(): void {
    this.#groups.clear()
    this.#placed.clear()
    for (const { name, ids } of groupsOf(this.replica, this.view)) {
      const requests = ids.flatMap((id) => this.replica.requests.get(id) ?? [])
      this.#groups.set(name, requests)
      for (const request of requests) this.#placed.set(request.id, { name, request })
    }
    this.#whole = true
    this.#stale = true
  }

  #move(id: RequestId): void {
    const { me } = this.replica
    if (!me) return
    const request = this.replica.requests.get(id)
    const name = request && placeOf(request, this.replica, me, this.view)
    const before = this.#placed.get(id)
    let from = -1
    if (before) {
      const group = this.#groups.get(before.name) ?? []
      from = place(group, before.request, inOrder(before.name, me))
      group.splice(from, 1)
      this.#placed.delete(id)
    }
    let to = -1
    if (request && name) {
      const group = this.#groups.get(name) ?? []
      to = place(group, request, inOrder(name, me))
      group.splice(to, 0, request)
      this.#groups.set(name, group)
      this.#placed.set(id, { name, request })
    }
    if (from !== to || before?.name !== name) this.#stale = true
  }
}

/** Where `request` stands, or would stand, in a sorted list. */
function place(sorted: readonly Request[], request: Request, compare: (a: Request, b: Request) => number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle] as Request, request) < 0) low = middle + 1
    else high = middle
  }
  return low
}
