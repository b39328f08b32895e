/** Addresses and where we are. Small on purpose: a path, how to go to another, and a link that keeps its browser manners. */

import { createElement, useSyncExternalStore, type AnchorHTMLAttributes, type ReactNode, type Ref } from 'react'

const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

if (typeof window !== 'undefined') window.addEventListener('popstate', tell)

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (path === location.pathname + location.search) return
  // What the demo host is asked to show lives in the query; it stays while one walks around.
  // Only the first # divides: an invitation is a whole link with one of its own.
  const at = path.indexOf('#')
  const [place, hash] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)]
  const target = place.includes('?') ? path : place + location.search + hash
  if (how === 'push') history.pushState(null, '', target)
  else history.replaceState(null, '', target)
  tell()
}

export function usePath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => location.pathname,
  )
}

/** What stands behind the #, without it. */
export function useHash(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => location.hash.slice(1),
  )
}

/** The parts of `path` that fit `pattern`, e.g. `/r/:id`. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/').filter(Boolean)
  const given = path.split('/').filter(Boolean)
  if (wanted.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const value = decodeURIComponent(given[i] ?? '')
    if (part.startsWith(':')) found[part.slice(1)] = value
    else if (part !== value) return undefined
  }
  return found
}

export function Link({ to, children, ref, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; children: ReactNode; ref?: Ref<HTMLAnchorElement> }) {
  return createElement(
    'a',
    {
      ...rest,
      ref,
      href: to,
      onClick: (event: React.MouseEvent<HTMLAnchorElement>) => {
        rest.onClick?.(event)
        if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        go(to)
      },
    },
    children,
  )
}
