/**
 * Until when a solved request is opened again by its asker's words, and what is offered after that: a new question that
 * links to the old one, at the same desk, about the same ticket. The server decides; this says what to offer.
 */

import type { Request } from '../../protocol/wire'
import type { AskStart } from '../ask/open'

const WINDOW = 7 * 24 * 60 * 60_000

export function isTooLate({ state, solved_at, touched_at, archived }: Request, now: number): boolean {
  return state === 'solved' && (archived || now - (solved_at ?? touched_at) > WINDOW)
}

/** `link`: where the old request is; `words`: what was written already. */
export function askAnew({ desk, ticket, private_with }: Request, link: string, words = ''): AskStart {
  return { desk, link, words, ...(ticket && { ticket }), ...(private_with?.[0] && { privateWith: private_with[0] }) }
}
