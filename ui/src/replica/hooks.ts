/**
 * How screens read: a selector over the replica, recomputed when something changed and rendered only when its
 * result differs. A row takes an id and selects its own entity.
 */

import { createContext, useCallback, useContext, useRef, useSyncExternalStore } from 'react'
import type { Host, Readable } from '../host/host'
import type { Commands } from '../protocol/commands'
import type { Replica } from './replica'
import type { CommandResult, Person, PersonId } from '../protocol/wire'

export interface World {
  host: Host
  replica: Replica
  commands: Commands<Promise<CommandResult>>
}

export const WorldContext = createContext<World | undefined>(undefined)

export function useWorld(): World {
  const world = useContext(WorldContext)
  if (!world) throw new Error('a screen outside of the world')
  return world
}

export function useHost(): Host {
  return useWorld().host
}

export function useCommands(): World['commands'] {
  return useWorld().commands
}

/** What `select` makes of the replica. Arrays are compared item by item, everything else by identity. */
export function useReplica<T>(select: (replica: Replica) => T): T {
  const { replica } = useWorld()
  const cache = useRef<{ version: number; select: (replica: Replica) => T; value: T } | undefined>(undefined)
  return useSyncExternalStore(replica.subscribe, () => {
    const last = cache.current
    if (last && last.version === replica.version && last.select === select) return last.value
    const fresh = select(replica)
    const value = last && same(last.value, fresh) ? last.value : fresh
    cache.current = { version: replica.version, select, value }
    return value
  })
}

export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get)
}

export function usePerson(id: PersonId | null | undefined): Person | undefined {
  return useReplica(useCallback((replica: Replica) => (id ? replica.people.get(id) : undefined), [id]))
}

export function useMe(): PersonId {
  const { host } = useWorld()
  const session = useReadable(host.session)
  const me = session.kind === 'in' ? session.me : undefined
  if (!me) throw new Error('a signed-in screen without a person')
  return me
}

/** Server time in milliseconds, renewed every `every` milliseconds, so that what is read grows old before one's eyes. */
export function useNow(every = 15_000): number {
  const { host } = useWorld()
  return useReadable(clockOf(host, every))
}

/** One clock for all who look as often, so that a list of rows ticks in one stroke. */
function clockOf(host: Host, every: number): Readable<number> {
  const mine = clocks.get(host) ?? new Map<number, Readable<number>>()
  clocks.set(host, mine)
  const there = mine.get(every)
  if (there) return there
  const read = () => Date.now() + host.skew.get()
  const listeners = new Set<() => void>()
  let now = read()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = () => {
    now = read()
    for (const listener of listeners) listener()
  }
  const clock: Readable<number> = {
    get: () => {
      // Nobody kept it going, so it stands where it was last looked at.
      if (listeners.size === 0 && Math.abs(read() - now) > every) now = read()
      return now
    },
    subscribe(listener) {
      if (listeners.size === 0) timer = setInterval(tick, every)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
  }
  mine.set(every, clock)
  return clock
}

const clocks = new WeakMap<Host, Map<number, Readable<number>>>()

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => Object.is(item, b[i]))
}
