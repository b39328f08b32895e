import { expect, test } from 'vitest'
import { fits } from './keys'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held })

test.each([
  ['J', press('j'), true],
  ['J', press('J', { shiftKey: true }), true],
  ['J', press('j', { ctrlKey: true }), false],
  ['Mod+K', press('k', { ctrlKey: true }), true],
  ['Mod+K', press('k', { metaKey: true }), true],
  ['Mod+K', press('k'), false],
  ['?', press('?', { shiftKey: true }), true],
  ['Mod+Z', press('z', { ctrlKey: true, shiftKey: true }), false],
  ['Esc', press('Escape'), true],
  ['Enter', press('Enter', { shiftKey: true }), false],
  ['Space', press(' '), true],
  ['J', press('j', { altKey: true }), false],
])('%s', (keys, event, wanted) => expect(fits(keys, event)).toBe(wanted))
