/** Words of the board of a desk. */

export const board = {
  of: (desk: string) => `Board of ${desk}`,
  desk: 'Desk',
  columns: {
    waiting: 'waiting',
    taken: 'taken',
    asker: 'waiting for asker',
    other: 'waiting for others',
    answered: 'answered',
    solved: 'solved today',
  },
  empty: {
    waiting: 'Nobody is waiting',
    taken: 'Nobody works on anything',
    asker: 'No question is open to an asker',
    other: 'Nothing waits for somebody else',
    answered: 'No answer waits to be confirmed',
    solved: 'Nothing yet',
  },
  moves: {
    take: 'Take',
    giveBack: 'Give back to the desk',
    goOn: 'Go on',
    wait: 'Wait for someone else',
    askBack: 'Ask back',
    answer: 'Answer',
    solve: 'Solved',
    reopen: 'Reopen',
  },
  room: {
    room: 'has room',
    limit: 'at limit',
    nobody: 'nobody on duty',
  },
  roomHint: (limit: number) => (limit === 1 ? 'At most 1 request at once with each helper' : `At most ${limit} requests at once with each helper`),
  share: {
    /** `percent` of `asked`; `weeks` in words. */
    of: (percent: number, asked: number, weeks: string) => `A customer was waiting in ${percent} % of ${asked} questions, ${weeks}.`,
    /** Too few for a share: the counts as they are. */
    small: (live: number, asked: number, weeks: string) => `A customer was waiting in ${live} of ${asked === 1 ? '1 question' : `${asked} questions`}, ${weeks}. Small n: it says little.`,
    few: (weeks: string) => `How often a customer was waiting is not shown: fewer than five people asked here, ${weeks}.`,
    weeks: (from: string, to: string) => `${from} to ${to}`,
    hint: 'Of the desk, over whole weeks. There is no such figure of a person.',
  },
  full: 'You have as many as this desk allows at once',
  move: (title: string) => `Move ${title}`,
  more: (count: number) => `and ${count} more`,
  withName: (name: string) => `with ${name}`,
  keys: { group: 'Board', side: 'Next or previous column', card: 'Next or previous card', move: 'Move the card', open: 'Open it' },
  noDesk: 'There is no desk that you help at',
  noDeskHint: 'A desk\'s owner adds helpers in the settings.',
} as const
