/**
 * What somebody pressed, as the app writes keys: `Ctrl+Shift+Space` (pure). A letter is the one on the key in this layout; a
 * digit or sign is named after its place, because Shift makes something else of it.
 */

export type Pressed =
  /** Only Ctrl, Alt, Shift or Super so far. */
  | { kind: 'begun'; keys: string }
  | { kind: 'whole'; keys: string }
  /** Everybody needs this key for something else. */
  | { kind: 'common'; keys: string }
  | { kind: 'unknown' }

export type Stroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>

export function pressed(event: Stroke): Pressed {
  const held = [event.metaKey && 'Super', event.ctrlKey && 'Ctrl', event.altKey && 'Alt', event.shiftKey && 'Shift'].filter((name) => name !== false)
  if (/^(Control|Alt|AltGraph|Shift|Meta|Super|OS|Hyper)/.test(event.key)) return { kind: 'begun', keys: held.join('+') }
  const name = nameOf(event)
  if (!name) return { kind: 'unknown' }
  const keys = [...held, name].join('+')
  const typed = event.metaKey || [event.ctrlKey || event.altKey, event.ctrlKey && event.altKey, event.shiftKey].filter(Boolean).length >= 2
  const isFree = /^(F\d+|Pause|ScrollLock|PrintScreen)$/.test(name) || typed
  return { kind: isFree ? 'whole' : 'common', keys }
}

function nameOf({ key, code }: Stroke): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase()
  const [, letter] = /^(?:Key|Digit)([A-Z0-9])$/.exec(code) ?? []
  if (letter) return letter
  if (/^(F([1-9]|1\d|2[0-4])|Numpad\d|Space|Tab|Enter|Backspace|Insert|Delete|Home|End|PageUp|PageDown|PrintScreen|Pause|ScrollLock)$/.test(code)) return code
  return ARROWS[code] ?? SIGNS[code]
}

const ARROWS: Record<string, string> = { ArrowUp: 'Up', ArrowDown: 'Down', ArrowLeft: 'Left', ArrowRight: 'Right' }
const SIGNS: Record<string, string> = { Minus: '-', Equal: '=', Comma: ',', Period: '.', Slash: '/', Semicolon: ';', Quote: "'", BracketLeft: '[', BracketRight: ']', Backslash: '\\', Backquote: '`' }
