/**
 * How screens read: a selector over the replica, recomputed when something changed and rendered only when its
 * result differs. A row takes an id and selects its own entity.
 */

import { createContext, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react'
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
  const [now, setNow] = useState(() => Date.now() + host.skew.get())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() + host.skew.get()), every)
    return () => clearInterval(timer)
  }, [every, host])
  return now
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => Object.is(item, b[i]))
}
