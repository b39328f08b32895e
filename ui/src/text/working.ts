/** Words of the working rules of a desk: promised calls, what is critical, what goes through a vetter, look-alikes, and what is left to do. */

import type { Stall } from '../protocol/wire'

const waiting = (names: string, count: number) => (count === 1 ? `${names} waits` : `${names} wait`)

export const working = {
  at: {
    day: 'Day',
    time: 'Time',
    other: 'Another time',
    in: (minutes: number, time: string) => `${minutes < 60 ? `in ${minutes} min` : minutes === 60 ? 'in 1 hour' : `in ${minutes / 60} hours`}, ${time}`,
    opens: (time: string) => `${time}, soon after it opens`,
    today: 'Today',
    tomorrow: 'Tomorrow',
    form: 'A time such as 14:30',
    past: 'That is over. Choose a later time.',
    closed: (opens: string) => `The desk is closed then. It opens ${opens}.`,
    closedForGood: 'The desk is closed then.',
  },

  callback: {
    action: 'Promise a call',
    wish: 'Ask to be called',
    move: 'Change the time of the call',
    title: (name: string) => `When will ${name} be called?`,
    titleMine: 'When shall you be called?',
    hint: 'It stands on the request until the call was made. If nobody calls, the deputy and the owner of the desk are told.',
    label: 'Call at',
    send: 'Promise it',
    sendMine: 'Ask for it',
    /** For the asker. */
    youGet: (name: string, time: string) => `${name} calls you ${time}.`,
    youGetFromDesk: (desk: string, time: string) => `Somebody of ${desk} calls you ${time}.`,
    lateForYou: (since: string) => `The call is late, since ${since}. The desk was told.`,
    /** For helpers. */
    owe: (asker: string, time: string) => `Call ${asker} ${time}: you promised it.`,
    oweAsked: (asker: string, time: string) => `${asker} asked to be called ${time}.`,
    promisedBy: (name: string, asker: string, time: string) => `${name} calls ${asker} ${time}.`,
    late: (asker: string, since: string, told: string) => `The call to ${asker} is late, since ${since}. ${told} told.`,
    lateNobody: (asker: string, since: string) => `The call to ${asker} is late, since ${since}.`,
    was: (names: string, count: number) => `${names} ${count === 1 ? 'was' : 'were'}`,
    done: 'I have called',
    drop: 'No need to call',
    call: (phone: string) => `Call ${phone}`,
    chip: (time: string) => `call ${time}`,
    chipLate: (time: string) => `call late, ${time}`,
  },

  critical: {
    action: 'It is critical',
    actionHint: 'Many customers, or safety',
    title: 'What makes it critical?',
    hint: 'For many customers at once, or somebody\'s safety. Everybody of the desk is called now, at any hour, and it is looked at afterwards.',
    line: 'In one line',
    send: 'Call everybody',
    short: 'critical',
    review: 'It was critical. What was learnt is not written down yet.',
    reviewAction: 'Write it down',
    reviewTitle: 'What was learnt?',
    reviewHint: 'Everybody who sees this request can read it. It is about the process, not about people.',
    reviewLine: 'What happened, and what changes because of it',
    reviewSend: 'Keep it',
    learnt: (name: string, words: string) => `Learnt (${name}): ${words}`,
  },

  vet: {
    through: (desk: string, names: string) => `${desk} is a vetted desk: it goes through ${names} first.`,
    throughSelf: (desk: string) => `${desk} is a vetted desk. You are one of its vetters, so it goes there at once.`,
    awaited: (names: string) => `waiting for ${names} first`,
    forAsker: (names: string, desk: string) => `It goes through ${names} first, then to ${desk}.`,
    forDesk: (names: string) => `It is with ${names} first. You may send it on as well.`,
    forVetter: (desk: string) => `Shall it go to ${desk}? Send it on with a note, answer it here, or ask back.`,
    send: 'Send it on',
    askBack: 'Ask back',
    title: (desk: string) => `Send it on to ${desk}`,
    hint: (desk: string) => `${desk} reads the note before anything else. The asker sees that it went on.`,
    go: 'Send it on',
  },

  merge: {
    action: 'Merge with another request',
    title: 'Which request is the same?',
    hint: 'At this desk, and open. The most alike stand first.',
    search: 'Find by words, ticket or name',
    list: 'Requests that may be the same',
    none: 'No other request is open at this desk',
    noneFound: 'None with these words',
    sameTicket: (label: string) => `same ticket, ${label}`,
    asked: (name: string, since: string) => `${name}, ${since === 'now' ? 'just now' : `${since} ago`}`,
    /** What happens to whom, before it is done. */
    what: (names: string, count: number, other: string) => `${waiting(names, count)} for the answer in "${other}" from then on, and ${count === 1 ? 'is' : 'are'} told when it comes.`,
    thread: 'This thread stays readable and points there. The older question\'s time counts for both.',
    forGood: 'It can\'t be undone.',
    choose: 'Choose one first',
    send: 'Merge',
    done: (other: string) => `Merged into "${other}"`,
    into: (other: string) => `It went on in "${other}".`,
    intoHidden: 'It went on in another request.',
    open: 'Open it',
  },

  block: {
    action: 'Blocked by another request',
    title: 'What does it wait for?',
    hint: 'It can\'t be solved before that one is. Its clocks go on, and it keeps its place.',
    search: 'Find by words, ticket or name, or paste a link',
    list: 'Requests that it may wait for',
    none: 'You see no other open request.',
    noneFound: 'None with these words.',
    unseen: 'No open request that you can see has this link, or it is waited for already.',
    itself: 'That is this request.',
    circle: 'waits for this one already',
    what: 'When that one is over, whoever has this one and whoever asked it are told. If you have it, it waits for others until then.',
    send: 'Blocked by it',
    by: 'Blocked by',
    hidden: 'a request you can\'t see',
    unlink: 'Not any more',
    waiting: (count: number) => (count === 1 ? '1 request waits for this' : `${count} requests wait for this`),
    over: 'What this waited for is over. It can go on.',
    short: 'blocked',
    awaited: (title: string) => `waiting for "${title}"`,
    awaitedHidden: 'waiting for a request you can\'t see',
    awaitedMany: (count: number) => `waiting for ${count} other requests`,
    /** A note: what it is about stands below. */
    told: 'What this waited for is over',
  },

  nextTime: {
    action: 'Say where to look next time',
    title: 'Where is it found next time?',
    hint: 'Whoever asks the same next reads it before they ask. Leave it empty to take it away.',
    line: 'For example: tariff sheet, page 2',
    send: 'Keep it',
    said: (words: string) => `Next time: ${words}`,
  },

  followUp: {
    title: 'What came out of the call?',
    line: 'In one line',
    send: 'Keep it',
  },

  stalled: {
    no_owner: 'nobody has taken it',
    no_update: 'no word since it was due',
    waits_too_long: 'waits for days',
  } satisfies Record<Stall, string>,
} as const
