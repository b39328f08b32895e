/** What was found in a picture is covered whatever somebody did meanwhile, and only an account number may be uncovered. */

import { describe, expect, it } from 'vitest'
import type { FoundNumber } from '../../host/host'
import { acted, coverOf, newBoard, readable, type Act, type Board } from './board'
import { plan } from './paint'
import { isRedacted, newScene } from './scene'

const at = (kind: FoundNumber['kind'], y: number): FoundNumber => ({ kind, x: 40, y, width: 120, height: 16 })
const card = at('card', 10)
const iban = at('iban', 40)
const phone = at('phone', 70)
const email = at('email', 100)
const after = (acts: Act[], board: Board = newBoard(newScene(400, 300), false)) => acts.reduce(acted, board)
const box: Act = { act: 'add', mark: { kind: 'box', rect: { x: 200, y: 200, width: 50, height: 50 } } }
const found = (...numbers: FoundNumber[]): Act => ({ act: 'found', found: numbers })

describe('what was found', () => {
  it('is covered if it may not be stored, and only outlined otherwise', () => {
    const board = after([found(card, iban, phone, email)])
    const covers = plan(board.history.now).filter(({ step }) => step === 'cover')
    expect(covers).toMatchObject([{ rect: { y: 10 }, tag: '[card]' }, { rect: { y: 40 }, tag: '[IBAN]' }])
    expect(readable(board)).toEqual([phone, email])
    expect(isRedacted(board.history.now)).toBe(true)
  })

  it('is found once, however often it is told', () => {
    const board = after([found(card), found(card, phone), found(card, phone)])
    expect(board.history.now.marks).toHaveLength(1)
    expect(board.found).toHaveLength(2)
  })

  it('survives undoing and redoing of what was done before and after it', () => {
    const board = after([box, found(card), box, { act: 'undo' }, { act: 'undo' }, { act: 'undo' }])
    expect(coverOf(board.history.now, card)).toBeDefined()
    expect(board.history.now.marks.filter(({ kind }) => kind === 'box')).toHaveLength(0)
    const again = after([{ act: 'redo' }, { act: 'redo' }], board)
    expect(again.history.now.marks.map(({ kind }) => kind).toSorted()).toEqual(['box', 'box', 'redact'])
  })

  it('a card number can neither be removed, nor uncovered, moved nor sized', () => {
    const board = after([found(card)])
    const mark = coverOf(board.history.now, card)
    if (mark?.kind !== 'redact') throw new Error('it is covered')
    for (const act of [
      { act: 'remove' },
      { act: 'uncover', id: mark.id },
      { act: 'change', mark: { ...mark, rect: { ...mark.rect, x: 300 } } },
      { act: 'change', mark: { ...mark, rect: { ...mark.rect, width: 2 } } },
    ] satisfies Act[]) {
      expect(coverOf(after([{ act: 'select', id: mark.id }, act], board).history.now, card)).toEqual(mark)
    }
  })

  it('an account number can be uncovered, stays so, and can be covered again', () => {
    const covered = after([found(iban)])
    const id = coverOf(covered.history.now, iban)?.id ?? 0
    const open = after([{ act: 'uncover', id }, found(iban, card)], covered)
    expect(readable(open)).toEqual([iban])
    expect(readable(after([{ act: 'undo' }], open))).toEqual([])
    expect(readable(after([{ act: 'cover', found: [iban] }], open))).toEqual([])
  })

  it('one act covers all that is readable, one undo uncovers it', () => {
    const board = after([found(card, phone, email)])
    const all = after([{ act: 'cover', found: readable(board) }], board)
    expect(readable(all)).toEqual([])
    const back = after([{ act: 'undo' }], all)
    expect(readable(back)).toEqual([phone, email])
    expect(coverOf(back.history.now, card)).toBeDefined()
  })

  it('outside of the crop there is nothing to be read', () => {
    const board = after([found(phone, email), { act: 'crop', rect: { x: 0, y: 90, width: 400, height: 100 } }])
    expect(readable(board)).toEqual([email])
  })
})
