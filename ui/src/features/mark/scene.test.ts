import { describe, expect, it } from 'vitest'
import { between, dragged, grown, keptInside, overlap, wholePixels } from './geometry'
import { begun, done, redone, undone } from './history'
import { acted, newBoard } from './board'
import { plan } from './paint'
import { added, bounds, changed, cropped, find, hit, inTheMiddle, isRedacted, moved, neighbour, newScene, placed, removed, sized, stroke, type NewMark } from './scene'

const empty = newScene(800, 600)
const box: NewMark = { kind: 'box', rect: { x: 100, y: 100, width: 200, height: 80 } }
const redaction: NewMark = { kind: 'redact', rect: { x: 120.4, y: 110.6, width: 50.2, height: 20 }, fixed: false }
const words: NewMark = { kind: 'text', rect: { x: 125, y: 112, width: 40, height: 16 }, words: '4111' }

describe('geometry', () => {
  it('covers whole pixels: never less than what was marked', () => {
    expect(wholePixels({ x: 10.2, y: 10.9, width: 5, height: 5 })).toEqual({ x: 10, y: 10, width: 6, height: 6 })
    expect(wholePixels({ x: 10, y: 10, width: 5, height: 5 })).toEqual({ x: 10, y: 10, width: 5, height: 5 })
  })

  it('finds the same rectangle from any two corners', () => {
    expect(between({ x: 5, y: 9 }, { x: 1, y: 2 })).toEqual(between({ x: 1, y: 2 }, { x: 5, y: 9 }))
  })

  it('turns over when a handle is dragged past the other side', () => {
    expect(dragged({ x: 10, y: 10, width: 10, height: 10 }, 'se', { x: 5, y: 30 })).toEqual({ x: 5, y: 10, width: 5, height: 20 })
    expect(dragged({ x: 10, y: 10, width: 10, height: 10 }, 'n', { x: 99, y: 4 })).toEqual({ x: 10, y: 4, width: 10, height: 16 })
  })

  it('knows no overlap of what only touches', () => {
    expect(overlap({ x: 0, y: 0, width: 10, height: 10 }, { x: 10, y: 0, width: 5, height: 5 })).toBeUndefined()
  })

  it('keeps what is moved inside', () => {
    expect(keptInside({ x: -20, y: 590, width: 50, height: 30 }, { x: 0, y: 0, width: 800, height: 600 })).toEqual({ x: 0, y: 570, width: 50, height: 30 })
  })
})

describe('what is painted, in which order', () => {
  it('covers come last, over words and arrows that were drawn before and after them', () => {
    const scene = [words, redaction, box, { kind: 'number', at: { x: 130, y: 115 } } as const].reduce(added, empty)
    const steps = plan(scene).map((step) => (step.step === 'mark' ? step.mark.kind : step.step))
    expect(steps).toEqual(['picture', 'text', 'box', 'number', 'cover'])
  })

  it('a cover is the whole pixels of what was marked, inside the picture', () => {
    const scene = added(added(empty, redaction), { kind: 'redact', rect: { x: 790.5, y: -4, width: 40, height: 10 }, fixed: false })
    expect(plan(scene).filter(({ step }) => step === 'cover')).toEqual([
      { step: 'cover', rect: { x: 120, y: 110, width: 51, height: 21 } },
      { step: 'cover', rect: { x: 790, y: 0, width: 10, height: 6 } },
    ])
  })

  it('a redaction outside of the picture covers nothing', () => {
    expect(plan(added(empty, { kind: 'redact', rect: { x: 900, y: 0, width: 10, height: 10 }, fixed: false }))).toEqual([{ step: 'picture' }])
  })

  it('numbers count by themselves, also after one was taken away', () => {
    const scene = [1, 2, 3].reduce((scene, i) => added(scene, { kind: 'number', at: { x: i * 100, y: 50 } }), empty)
    const numbers = (of: typeof scene) => plan(of).flatMap((step) => (step.step === 'mark' ? [step.number] : []))
    expect(numbers(scene)).toEqual([1, 2, 3])
    expect(numbers(removed(scene, 2))).toEqual([1, 2])
  })
})

describe('marks', () => {
  it('move but not out of the picture', () => {
    const scene = added(empty, box)
    const mark = find(scene, 1)
    if (!mark) throw new Error('the box is there')
    expect(bounds(moved(scene, mark, 10_000, -10_000), stroke(scene))).toEqual({ x: 600, y: 0, width: 200, height: 80 })
  })

  it('are sized from their upper left corner and never vanish', () => {
    const scene = added(empty, { kind: 'arrow', from: { x: 10, y: 60 }, to: { x: 60, y: 10 } })
    const mark = find(scene, 1)
    if (!mark) throw new Error('the arrow is there')
    expect(sized(scene, mark, 10, 0)).toMatchObject({ from: { x: 10, y: 60 }, to: { x: 70, y: 10 } })
    expect(bounds(sized(scene, mark, -500, -500), stroke(scene))).toEqual({ x: 10, y: 10, width: 1, height: 1 })
  })

  it('an arrow keeps its direction when its bounds change', () => {
    const arrow = { id: 1, kind: 'arrow', from: { x: 60, y: 10 }, to: { x: 10, y: 60 } } as const
    expect(placed(arrow, { x: 0, y: 0, width: 10, height: 20 }, 3)).toEqual({ id: 1, kind: 'arrow', from: { x: 10, y: 0 }, to: { x: 0, y: 20 } })
  })

  it('a line that lies flat can be carried to other bounds', () => {
    const flat = { id: 1, kind: 'arrow', from: { x: 10, y: 50 }, to: { x: 60, y: 50 } } as const
    expect(placed(flat, { x: 20, y: 80, width: 50, height: 0 }, 3)).toEqual({ ...flat, from: { x: 20, y: 80 }, to: { x: 70, y: 80 } })
  })

  it('the uppermost is hit: a redaction lies over everything', () => {
    const scene = [redaction, words].reduce(added, empty)
    expect(hit(scene, { x: 140, y: 118 }, 2)?.kind).toBe('redact')
  })

  it('a box is hit on its line, not in its middle', () => {
    const scene = added(empty, box)
    expect(hit(scene, { x: 100, y: 140 }, 4)?.kind).toBe('box')
    expect(hit(scene, { x: 200, y: 140 }, 4)).toBeUndefined()
  })

  it('are gone through in their order, round and round', () => {
    const scene = [box, redaction, words].reduce(added, empty)
    expect([neighbour(scene, undefined, 1), neighbour(scene, 3, 1), neighbour(scene, 1, -1), neighbour(scene, undefined, -1)].map((mark) => mark?.id)).toEqual([1, 1, 3, 3])
    expect(neighbour(empty, undefined, 1)).toBeUndefined()
  })

  it.each(['arrow', 'box', 'pen', 'number', 'redact'] as const)('%s placed by keys lies in what is seen', (kind) => {
    const seen = { x: 300, y: 200, width: 200, height: 160 }
    const mark = find(added(empty, inTheMiddle(kind, seen)), 1)
    expect(mark && overlap(grown(bounds(mark, stroke(empty)), 1), seen)).toEqual(mark && grown(bounds(mark, stroke(empty)), 1))
  })

  it('what is fixed can be moved over but never taken away', () => {
    const scene = newScene(800, 600, [{ rect: { x: 10, y: 10, width: 40, height: 20 }, fixed: true }, { rect: { x: 90, y: 10, width: 40, height: 20 }, fixed: false }])
    expect(removed(scene, 1).marks).toHaveLength(2)
    expect(removed(scene, 2).marks).toHaveLength(1)
  })
})

describe('crop', () => {
  it('is whole pixels inside the picture', () => {
    expect(cropped(empty, { x: -10, y: 20.4, width: 100.2, height: 2000 }).crop).toEqual({ x: 0, y: 20, width: 90, height: 580 })
  })

  it('too small a one is a slip and changes nothing', () => {
    expect(cropped(empty, { x: 10, y: 10, width: 3, height: 300 })).toBe(empty)
  })

  it('a redaction outside of what is kept is no redaction of the picture', () => {
    const scene = added(empty, redaction)
    expect(isRedacted(scene)).toBe(true)
    expect(isRedacted(cropped(scene, { x: 300, y: 300, width: 100, height: 100 }))).toBe(false)
  })
})

describe('undo', () => {
  it('takes back and does again, and a new act ends what could be done again', () => {
    const three = ['a', 'b', 'c'].reduce((history, next) => done(history, next), begun('start'))
    const back = undone(undone(three))
    expect(back.now).toBe('a')
    expect(redone(back).now).toBe('b')
    expect(done(back, 'x').future).toEqual([])
    expect(undone(begun('start')).now).toBe('start')
  })

  it('many taps on an arrow key are one step', () => {
    let board = acted(newBoard(empty, false), { act: 'add', mark: box })
    for (let tap = 0; tap < 5; tap++) {
      const mark = find(board.history.now, 1)
      if (!mark) throw new Error('the box is there')
      board = acted(board, { act: 'change', mark: moved(board.history.now, mark, 4, 0), joining: 'move 1' })
    }
    expect(find(board.history.now, 1)).toMatchObject({ rect: { x: 120 } })
    board = acted(board, { act: 'undo' })
    expect(find(board.history.now, 1)).toMatchObject({ rect: { x: 100 } })
    board = acted(board, { act: 'undo' })
    expect(board.history.now.marks).toEqual([])
    expect(board.selected).toBeUndefined()
  })
})

describe('the board', () => {
  it('on a frozen screen the first drag chooses the area, then one draws', () => {
    const board = acted(newBoard(empty, true), { act: 'crop', rect: { x: 100, y: 100, width: 300, height: 200 } })
    expect([board.choosing, board.tool, board.history.now.crop.width]).toEqual([false, 'arrow', 300])
  })

  it('a slip while choosing changes nothing', () => {
    const board = newBoard(empty, true)
    expect(acted(board, { act: 'crop', rect: { x: 100, y: 100, width: 2, height: 2 } })).toBe(board)
  })

  it('selects what was just made, and removes what is selected', () => {
    const board = acted(acted(newBoard(empty, false), { act: 'add', mark: box }), { act: 'add', mark: redaction })
    expect(board.selected).toBe(2)
    const after = acted(board, { act: 'remove' })
    expect(after.history.now.marks.map(({ kind }) => kind)).toEqual(['box'])
  })

  it('changes only the mark that is meant', () => {
    const scene = [box, redaction].reduce(added, empty)
    const next = changed(scene, { id: 2, kind: 'redact', rect: { x: 0, y: 0, width: 9, height: 9 }, fixed: false })
    expect(next.marks[0]).toBe(scene.marks[0])
    expect(next.marks[1]).toMatchObject({ rect: { width: 9 } })
  })
})
