/**
 * How many requests there are of a kind, counted on as they change: one that changed is looked at again, and not the
 * thousands around it. For counts that are always in sight.
 */

import type { Request, RequestId } from '../protocol/wire'
import type { Replica } from './replica'

export class Tally {
  readonly #fitting = new Set<RequestId>()
  #whole = false

  /** `fits` may read desks besides, and nothing else of the replica. */
  constructor(
    private readonly replica: Replica,
    private readonly fits: (request: Request, replica: Replica) => boolean,
  ) {}

  /** Begins to follow; returns how to stop. */
  readonly follow = (): (() => void) => {
    this.#whole = false
    return this.replica.watchRequests((id) => {
      if (id === undefined) this.#whole = false
      else if (this.#whole) this.#look(id)
    })
  }

  readonly count = (): number => {
    if (!this.#whole) {
      this.#fitting.clear()
      for (const id of this.replica.requests.keys()) this.#look(id)
      this.#whole = true
    }
    return this.#fitting.size
  }

  #look(id: RequestId): void {
    const request = this.replica.requests.get(id)
    if (request && this.fits(request, this.replica)) this.#fitting.add(id)
    else this.#fitting.delete(id)
  }
}
