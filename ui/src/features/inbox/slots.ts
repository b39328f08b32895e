/**
 * Which elements show which row. Who stays keeps its own; who comes takes those of one who went, so that scrolling changes
 * words in the page instead of making and dropping elements. Asked twice the same, it says the same.
 */
export class Slots<Id> {
  #of = new Map<Id, number>()
  #next = 0

  /** The slot of each of `ids`. The elements of one who went are given to nobody if it `isKept`. */
  give(ids: readonly Id[], isKept: (id: Id) => boolean): ReadonlyMap<Id, number> {
    const now = new Set(ids)
    const free: number[] = []
    for (const [id, slot] of this.#of) {
      if (now.has(id)) continue
      this.#of.delete(id)
      if (!isKept(id)) free.push(slot)
    }
    for (const id of ids) if (!this.#of.has(id)) this.#of.set(id, free.pop() ?? this.#next++)
    return this.#of
  }
}
