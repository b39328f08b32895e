/** Light, dark, or as the system says; kept on this machine. */

import { store } from '../host/store'

export type Theme = 'system' | 'light' | 'dark'
const KEY = 'deskside.theme'

export const theme = store<Theme>(read())

function read(): Theme {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function setTheme(next: Theme): void {
  theme.set(next)
  localStorage.setItem(KEY, next)
  applyTheme()
}

export function applyTheme(): void {
  const now = theme.get()
  if (now === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = now
}
