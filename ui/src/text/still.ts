/** Words of the overview of what does not move. */

import type { Stall } from '../protocol/wire'

export const stillWords = {
  still: {
    title: 'What does not move',
    hint: 'Open requests that nobody is about to look at, or that are much older than the desk promises. The oldest first.',
    show: 'Show them',
    note: (count: number, desk: string) => `At ${desk} ${count === 1 ? '1 request does not move' : `${count} requests do not move`}.`,
    noteMany: (count: number) => `At your desks ${count} requests do not move.`,
    why: {
      no_owner: 'nobody has taken it',
      no_update: 'no word since it was due',
      waits_too_long: 'waits for days for its asker or somebody else',
      unanswered: 'nobody has said a word, in more than twice the time that the desk promises',
      old: 'not solved, in more than twice the time that the desk promises',
      nothing_due: 'nothing is due for more than a week',
    } satisfies Record<Stall | 'unanswered' | 'old' | 'nothing_due', string>,
    asked: (name: string, since: string) => `${name} asked ${since === 'now' ? 'just now' : `${since} ago`}`,
    has: (name: string) => `with ${name}`,
    nobody: 'with nobody',
    empty: 'Everything moves',
    emptyHint: 'Nothing open here waits without somebody being about to look at it.',
    noDesk: 'You answer for no desk',
    noDeskHint: 'This is for the owner and the deputy of a desk, and for leads.',
  },
} as const
