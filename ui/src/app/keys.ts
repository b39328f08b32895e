/**
 * Keys of what is on the screen. Whoever shows a screen says which keys it has; the sheet behind `?` reads the same
 * list, so it cannot lie. Single letters rest while somebody types.
 */

import { useEffectEvent, useLayoutEffect, useRef } from 'react'
import { store } from '../host/store'

export interface Key {
  /** `J`, `Mod+K`, `Enter`, `Esc`. */
  keys: string
  name: string
  act: () => void
  /** Also while typing. Keys with Mod and Esc are so anyway. */
  always?: boolean
}

export interface KeyGroup {
  name: string
  keys: readonly Key[]
}

/** Newest first: a dialog's keys go before those of the screen under it. */
export const groups = store<readonly KeyGroup[]>([])

/** From the first picture on: a key pressed as soon as the screen is seen is never lost. */
export function useKeys(name: string, keys: readonly Key[], active = true): void {
  const latest = useRef(keys)
  useLayoutEffect(() => {
    latest.current = keys
  })
  const shape = keys.map((key) => key.keys + key.name).join()
  useLayoutEffect(() => {
    if (!active) return
    const group: KeyGroup = {
      name,
      keys: latest.current.map((key, i) => ({ ...key, act: () => latest.current[i]?.act() })),
    }
    groups.set([group, ...groups.get()])
    return () => groups.set(groups.get().filter((one) => one !== group))
  }, [name, shape, active])
}

/** Every key of a window that is about one thing, wherever its focus is: a click beside a button leaves it nowhere. */
export function useEveryKey(act: (event: KeyboardEvent) => void): void {
  const hear = useEffectEvent(act)
  useLayoutEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!event.defaultPrevented && !event.isComposing) hear(event)
    }
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

/** Listens once for the whole window. Returns how to stop. */
export function listenToKeys(): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const typing = isTyping(event.target)
    const inDialog = event.target instanceof Element && event.target.closest('[role=dialog],[role=menu],[role=listbox]') !== null
    for (const group of groups.get()) {
      for (const key of group.keys) {
        if (!fits(key.keys, event)) continue
        const chord = key.keys.includes('Mod')
        if (key.keys === 'Enter' && actsByItself(event.target)) continue
        if ((typing || inDialog) && !chord && !key.always && !(key.keys === 'Esc' && !inDialog)) continue
        event.preventDefault()
        key.act()
        return
      }
    }
  }
  window.addEventListener('keydown', listener)
  return () => window.removeEventListener('keydown', listener)
}

/** A link or button with the focus means itself by Enter; only the rows of the inbox leave it to their screen. */
export function actsByItself(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a[href], button') !== null && target.closest('[id^="row-"]') === null
}

export function fits(keys: string, event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): boolean {
  const parts = keys.split('+')
  const last = parts.at(-1) ?? ''
  const mod = parts.includes('Mod')
  if (mod !== (event.ctrlKey || event.metaKey)) return false
  if (event.altKey) return false
  const wanted = NAMES[last] ?? last
  if ((wanted.length > 1 || mod) && parts.includes('Shift') !== event.shiftKey) return false
  return event.key === wanted || (wanted.length === 1 && event.key.toLowerCase() === wanted.toLowerCase())
}

const NAMES: Record<string, string> = { Esc: 'Escape', Space: ' ', Up: 'ArrowUp', Down: 'ArrowDown', Left: 'ArrowLeft', Right: 'ArrowRight' }

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && target.getAttribute('type') !== 'range'
}
