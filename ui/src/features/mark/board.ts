/** What happens on the marking board: which tool, what is selected, and every act on the scene. Pure, so it is tested as it is. */

import { isMasked } from '../../masking'
import type { ToolName } from '../../text/mark'
import type { FoundNumber } from '../../host/host'
import { begun, done, everywhere, redone, undone, type History } from './history'
import { added, changed, cropped, find, isFixed, removed, type Mark, type MarkId, type NewMark, type Scene } from './scene'
import { overlap, type Rect } from './geometry'

export type Tool = ToolName

export interface Board {
  history: History<Scene>
  tool: Tool
  selected: MarkId | undefined
  /** The first drag on a frozen screen chooses the area; then one draws. */
  choosing: boolean
  /** What was found in the picture, in the order it was found. Those that may not be stored are marks, too. */
  found: readonly FoundNumber[]
}

export type Act =
  | { act: 'tool'; tool: Tool }
  | { act: 'add'; mark: NewMark }
  | { act: 'change'; mark: Mark; joining?: string }
  | { act: 'remove' }
  | { act: 'crop'; rect: Rect; joining?: string }
  | { act: 'select'; id: MarkId | undefined }
  /** Everything found so far. */
  | { act: 'found'; found: readonly FoundNumber[] }
  /** Covers these finds, as one step. */
  | { act: 'cover'; found: readonly FoundNumber[] }
  | { act: 'uncover'; id: MarkId }
  | { act: 'undo' }
  | { act: 'redo' }

export function newBoard(scene: Scene, choosing: boolean): Board {
  return { history: begun(scene), tool: choosing ? 'crop' : 'arrow', selected: undefined, choosing, found: [] }
}

export function acted(board: Board, act: Act): Board {
  const scene = board.history.now
  switch (act.act) {
    case 'tool': return { ...board, tool: act.tool, choosing: board.choosing && act.tool === 'crop', selected: act.tool === 'crop' ? undefined : board.selected }
    case 'add': {
      const next = added(scene, act.mark)
      return { ...board, history: done(board.history, next), selected: scene.nextId }
    }
    case 'change': {
      const mark = find(scene, act.mark.id)
      // Moved away, it would cover nothing.
      if (mark && isFixed(mark)) return { ...board, selected: mark.id }
      return { ...board, history: done(board.history, changed(scene, act.mark), act.joining), selected: act.mark.id }
    }
    case 'remove': {
      const mark = find(scene, board.selected)
      if (!mark || isFixed(mark)) return board
      return { ...board, history: done(board.history, removed(scene, mark.id)), selected: undefined }
    }
    case 'crop': {
      const history = done(board.history, cropped(scene, act.rect), act.joining)
      if (history === board.history) return board
      return board.choosing ? { ...board, history, choosing: false, tool: 'arrow' } : { ...board, history }
    }
    case 'select': return { ...board, selected: act.id }
    case 'found': return act.found.reduce(withFound, board)
    case 'cover': {
      const next = act.found.reduce((scene, { kind, ...rect }) => added(scene, { kind: 'redact', rect, fixed: false, tag: kind }), scene)
      return { ...board, history: done(board.history, next) }
    }
    case 'uncover': return kept({ ...board, history: done(board.history, removed(scene, act.id)) })
    case 'undo': return kept({ ...board, history: undone(board.history) })
    case 'redo': return kept({ ...board, history: redone(board.history) })
  }
}

/** With a box over it in every state of the picture, if it may not be stored: what somebody did meanwhile stays one undo away. */
function withFound(board: Board, one: FoundNumber): Board {
  if (board.found.some((other) => isSame(one, other))) return board
  const found = [...board.found, one]
  if (!isMasked(one.kind)) return { ...board, found }
  const { kind, ...rect } = one
  // Ids that no hand-made mark has, the same in every state.
  const mark: Mark = { id: -found.length, kind: 'redact', rect, fixed: kind !== 'iban', tag: kind }
  return { ...board, found, history: everywhere(board.history, (scene) => ({ ...scene, marks: [...scene.marks, mark] })) }
}

function isSame(one: FoundNumber, other: FoundNumber): boolean {
  return one.kind === other.kind && one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height
}

/** The box over a find, if all of it is covered. */
export function coverOf(scene: Scene, one: FoundNumber): Mark | undefined {
  return scene.marks.find(
    ({ kind, ...mark }) =>
      kind === 'redact' &&
      'rect' in mark &&
      mark.rect.x <= one.x &&
      mark.rect.y <= one.y &&
      mark.rect.x + mark.rect.width >= one.x + one.width &&
      mark.rect.y + mark.rect.height >= one.y + one.height,
  )
}

/** What was found, is not covered, and stands in what is kept of the picture. */
export function readable(board: Board): readonly FoundNumber[] {
  const scene = board.history.now
  return board.found.filter((one) => !coverOf(scene, one) && overlap(one, scene.crop) !== undefined)
}

/** A mark that is gone can't stay selected. */
function kept(board: Board): Board {
  return find(board.history.now, board.selected) ? board : { ...board, selected: undefined }
}
