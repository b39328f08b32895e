/** Which keys a press means, and which are left to other programs. */

import { expect, test } from 'vitest'
import { pressed, type Stroke } from './press'

function press(code: string, key: string, held = ''): Stroke {
  return { code, key, ctrlKey: held.includes('c'), altKey: held.includes('a'), shiftKey: held.includes('s'), metaKey: held.includes('m') }
}

test('keys are written as the app writes them, whatever Shift makes of them', () => {
  expect(pressed(press('Space', ' ', 'cs'))).toEqual({ kind: 'whole', keys: 'Ctrl+Shift+Space' })
  expect(pressed(press('Digit4', '$', 'cs'))).toEqual({ kind: 'whole', keys: 'Ctrl+Shift+4' })
  expect(pressed(press('KeyH', 'H', 'ms'))).toEqual({ kind: 'whole', keys: 'Super+Shift+H' })
  expect(pressed(press('ArrowUp', 'ArrowUp', 'ca'))).toEqual({ kind: 'whole', keys: 'Ctrl+Alt+Up' })
  expect(pressed(press('F9', 'F9'))).toEqual({ kind: 'whole', keys: 'F9' })
})

test('a letter is the one on the key, not the one in its place on another keyboard', () => {
  expect(pressed(press('KeyZ', 'y', 'ca'))).toEqual({ kind: 'whole', keys: 'Ctrl+Alt+Y' })
})

test('one waits for the key that belongs to Ctrl and Shift', () => {
  expect(pressed(press('ShiftLeft', 'Shift', 'cs'))).toEqual({ kind: 'begun', keys: 'Ctrl+Shift' })
})

test('what everybody types and copies with stays theirs', () => {
  for (const stroke of [press('KeyC', 'c', 'c'), press('KeyH', 'h'), press('KeyH', 'H', 's'), press('Space', ' '), press('Tab', 'Tab', 'a'), press('Enter', 'Enter', 's')]) {
    expect(pressed(stroke).kind).toBe('common')
  }
})

test('a key without a name that could be held is said to be none', () => {
  expect(pressed(press('LaunchMail', 'LaunchMail', 'ca'))).toEqual({ kind: 'unknown' })
})
