/** What is removed from a list takes the focus with it; here it goes to what stands in its place, else to what adds another. */

import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react'

/**
 * `place` holds elements with `data-item`, each with one that has `data-keep` and takes the focus, and one with `data-add`.
 * Say `removed` with the number of the item, in the same stroke as it is taken away.
 */
export function useRefocus<E extends HTMLElement>(): { place: RefObject<E | null>; removed: (at: number) => void } {
  const place = useRef<E>(null)
  const [gone, setGone] = useState<{ at: number } | undefined>()
  useLayoutEffect(() => {
    if (!gone) return
    const items = [...(place.current?.querySelectorAll('[data-item]') ?? [])]
    const next = items[Math.min(gone.at, items.length - 1)]?.querySelector<HTMLElement>('[data-keep]') ?? place.current?.querySelector<HTMLElement>('[data-add]')
    next?.focus()
  }, [gone])
  return { place, removed: useCallback((at: number) => setGone({ at }), []) }
}
