/** Words of the keys that work in every program. */

import type { HotkeyDoes } from '../host/host'

export const hotkeysText = {
  page: 'This computer',
  pageHint: 'What belongs to this computer and not to you: another one has its own.',
  name: { ask: 'The key to ask', shot: 'The key to ask with a screenshot' } satisfies Record<HotkeyDoes, string>,
  hint: {
    ask: 'Works in every program. The question opens where you are.',
    shot: 'Freezes the screen first: mark what you mean, then type.',
  } satisfies Record<HotkeyDoes, string>,
  /** Read aloud: which of the keys a button is for. */
  of: (act: string, name: string) => `${act}: ${name}`,
  change: 'Change',
  switchOff: 'Switch off',
  switchOn: (keys: string) => `Use ${keys}`,
  off: 'Switched off',
  press: 'Press the new keys',
  pressHint: 'Esc keeps the old ones. If nothing happens when you press them, another program has them.',
  taken: (keys: string) => `${keys} is used by another program.`,
  use: (keys: string) => `Use ${keys}`,
  ours: (keys: string) => `${keys} is your other key already.`,
  common: (keys: string) => `Other programs need ${keys}. Hold two of Ctrl, Alt, Shift and Super with it.`,
  unfit: 'This key can\'t be used. Try another.',
  held: (keys: string) => `${keys} works from now on.`,
  offNow: 'It is switched off.',
  unread: 'The keys could not be read from the app.',
  failed: 'That did not work. Try again.',
  byDesktop: 'This desktop gives out keys itself. If it asks, allow Deskside\'s two keys. If it does not, bind a key to the command “deskside ask” in its settings, and another to “deskside ask --shot”.',
  rest: 'Microphone, and what is recorded here.',
} as const
