/** What happens on the marking board: which tool, what is selected, and every act on the scene. Pure, so it is tested as it is. */

import type { ToolName } from '../../text/mark'
import { begun, done, redone, undone, type History } from './history'
import { added, changed, cropped, find, isFixed, removed, type Mark, type MarkId, type NewMark, type Scene } from './scene'
import type { Rect } from './geometry'

export type Tool = ToolName

export interface Board {
  history: History<Scene>
  tool: Tool
  selected: MarkId | undefined
  /** The first drag on a frozen screen chooses the area; then one draws. */
  choosing: boolean
}

export type Act =
  | { act: 'tool'; tool: Tool }
  | { act: 'add'; mark: NewMark }
  | { act: 'change'; mark: Mark; joining?: string }
  | { act: 'remove' }
  | { act: 'crop'; rect: Rect; joining?: string }
  | { act: 'select'; id: MarkId | undefined }
  | { act: 'undo' }
  | { act: 'redo' }

export function newBoard(scene: Scene, choosing: boolean): Board {
  return { history: begun(scene), tool: choosing ? 'crop' : 'arrow', selected: undefined, choosing }
}

export function acted(board: Board, act: Act): Board {
  const scene = board.history.now
  switch (act.act) {
    case 'tool': return { ...board, tool: act.tool, choosing: board.choosing && act.tool === 'crop', selected: act.tool === 'crop' ? undefined : board.selected }
    case 'add': {
      const next = added(scene, act.mark)
      return { ...board, history: done(board.history, next), selected: scene.nextId }
    }
    case 'change': return { ...board, history: done(board.history, changed(scene, act.mark), act.joining), selected: act.mark.id }
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
    case 'undo': return kept({ ...board, history: undone(board.history) })
    case 'redo': return kept({ ...board, history: redone(board.history) })
  }
}

/** A mark that is gone can't stay selected. */
function kept(board: Board): Board {
  return find(board.history.now, board.selected) ? board : { ...board, selected: undefined }
}
