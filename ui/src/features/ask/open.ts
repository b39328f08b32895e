/** Whether the question panel is open in the main window, and with what. The desktop's overlay has a window of its own. */

import { store } from '../../host/store'
import type { DeskId, PersonId, Ticket } from '../../protocol/wire'

export interface AskStart {
  words?: string
  desk?: DeskId
  ticket?: Ticket
  /** What it goes on from; stands under the words. */
  link?: string
  /** Only this person shall see it. */
  privateWith?: PersonId
}

export const askOpen = store<AskStart | undefined>(undefined)

export function openAsk(start: AskStart = {}): void {
  askOpen.set(start)
}

export function closeAsk(): void {
  askOpen.set(undefined)
}
