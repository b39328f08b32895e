/** The colours of marks, from the palette. They leave with the picture, so they are the same in light and dark. */

import type { Inks } from './paint'

export function inks(): Inks {
  const palette = getComputedStyle(document.documentElement)
  const ink = (name: string) => palette.getPropertyValue(name).trim()
  return { mark: ink('--clay-7'), halo: ink('--stone-0'), cover: ink('--ink-0'), font: ink('--font') }
}
