/** Words of the marking window, beside `text.mark`. */

import type { MarkKind } from '../features/mark/scene'
import type { FindKind } from '../masking'
import { list } from './format'

export type ToolName = MarkKind | 'move' | 'crop'

const NAMES: Record<FindKind, readonly [one: string, many: string]> = {
  card: ['card number', 'card numbers'],
  code: ['security code', 'security codes'],
  iban: ['IBAN', 'IBANs'],
  phone: ['phone number', 'phone numbers'],
  email: ['e-mail address', 'e-mail addresses'],
}

/** `1 card number and 2 phone numbers`. */
function counted(kinds: readonly FindKind[]): string {
  const counts = new Map<FindKind, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return list([...counts].map(([kind, count]) => `${count} ${NAMES[kind][count === 1 ? 0 : 1]}`))
}

export const markText = {
  tool: {
    move: 'Select',
    crop: 'Crop',
    redact: 'Redact',
    arrow: 'Arrow',
    box: 'Box',
    pen: 'Pen',
    text: 'Text',
    number: 'Number',
  } satisfies Record<ToolName, string>,
  hint: {
    move: 'Click a mark to select it. Arrow keys move it, Shift and arrow keys size it, Delete removes it.',
    crop: 'Drag what to keep. Everything outside is dropped.',
    redact: 'Drag over what must not leave. The fill is solid; what is under it is gone.',
    arrow: 'Drag from the tail to the point.',
    box: 'Drag around what matters.',
    pen: 'Draw.',
    text: 'Click where the words begin.',
    number: 'Click; numbers count by themselves.',
  } satisfies Record<ToolName, string>,
  choose: 'Drag an area, click a window, or press Enter for everything.',
  chooseArea: 'Drag an area, or press Enter for everything.',
  byKeys: 'Space places one in the middle.',
  move: { nudge: 'Move the mark', fine: 'Move it by one pixel', size: 'Size the mark', next: 'Next mark', previous: 'Previous mark', remove: 'Remove the mark', place: 'Place one in the middle' },
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  fit: 'Fit the window',
  real: 'Real size',
  zoom: (percent: number) => `${percent} %`,
  window: 'Window',
  windowOf: (name: string) => `Only ${name}`,
  everything: 'Everything',
  group: 'Picture',
  writing: 'Words on the picture',
  writingHint: 'Enter places, Esc drops',
  again: (count: number) => (count === 1 ? 'Press Esc again to throw your mark away.' : `Press Esc again to throw your ${count} marks away.`),
  making: 'Making the picture',
  opening: 'Opening the picture',
  broken: 'The picture could not be made. It may be too large; crop it and try again.',
  unreadable: 'This is no picture that can be opened here',
  unreadableHint: 'PNG, JPEG and WebP can.',
  frozenHint: 'Is this session allowed to read the screen? Try again, or take it with your system\'s key and paste it.',
  paste: 'Paste a picture',
  pasteHint: 'Ctrl+V, drop it here, or choose a file. It stays on this machine until you send it.',
  chooseFile: 'Choose a file',
  size: (width: number, height: number) => `${width} × ${height}`,
  ready: 'Picture ready',
  askWith: 'Ask with this picture',
  saveCopy: 'Save a copy',
  another: 'Mark another',
  found: {
    looking: 'Looking for card numbers.',
    waiting: 'Looking for card numbers',
    nothing: 'No card numbers found.',
    areCovered: (kinds: readonly FindKind[]) => `Covered: ${counted(kinds)}.`,
    areReadable: (kinds: readonly FindKind[]) => `Readable: ${counted(kinds)}.`,
    said: (kinds: readonly FindKind[]) => `Found: ${counted(kinds)}.`,
    coverAll: 'Cover all',
    each: 'One by one',
    cover: (name: string) => `Cover the ${name}`,
    uncover: (name: string) => `Uncover the ${name}`,
    stays: 'Stays covered: it may not be stored.',
    covered: (count: number) => (count === 1 ? 'Covered.' : `${count} covered.`),
    uncovered: 'Uncovered. It will be readable.',
    browser: 'A browser does not look for card numbers in pictures. Look yourself, and cover them with Redact.',
    notInstalled: 'Card numbers are not looked for: the program Tesseract is missing here. Look yourself, cover them with Redact, and have tesseract-ocr installed.',
    failed: 'The picture could not be searched for card numbers. Look yourself, and cover them with Redact.',
  },
  said: {
    added: (name: string, count: number) => `${name} placed. ${count === 1 ? '1 mark' : `${count} marks`}.`,
    selected: (name: string, index: number, count: number) => `${name}, ${index} of ${count}`,
    moved: (name: string) => `${name} moved`,
    sized: (name: string) => `${name} sized`,
    removed: (name: string) => `${name} removed`,
    fixed: 'This was found to be a card number and stays covered.',
    cropped: (width: number, height: number) => `Cropped to ${width} by ${height}`,
    undone: 'Undone',
    redone: 'Done again',
    nothing: 'Nothing to undo',
    tool: (name: string) => `Tool: ${name}`,
    masked: 'Card numbers and codes were masked.',
  },
}
