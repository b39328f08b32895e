/** Words of mentions: whom they tell, and of who may ask where and when. */

import type { Posting } from '../protocol/wire'

const names = { agents: 'Agents', leads: 'Leads', admins: 'Admins' } as const
const rule = { while_open: (who: string) => `${who} ask in its opening hours.`, never: (who: string) => `${who} do not ask here.` } as const
const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)

export const mentionWords = {
  mention: {
    list: 'Whom to mention',
    offered: (count: number) => (count === 1 ? '1 to choose from, Tab takes it' : `${count} to choose from, Tab takes one`),
    deskHint: (count: number) => (count === 0 ? 'nobody is on duty now' : `${count} on duty`),
    allHint: (count: number) => (count === 1 ? '1 member' : `${count} members`),
    notHere: 'not connected',
    tells: (names: string) => `Tells ${names}.`,
    tellsMany: (count: number) => `Tells ${people(count)}.`,
    tellsDuty: (count: number) => `@desk tells ${count} on duty.`,
    tellsAll: (count: number) => (count === 0 ? '@all tells nobody: there is no other member.' : `@all tells ${people(count)}.`),
    nobodyOnDuty: 'Nobody is on duty now: @desk tells nobody.',
    tellsNobody: 'Tells nobody.',
    onlySelf: 'That is you: it tells nobody.',
    unseen: (name: string) => `${name} can't see this and would not be told.`,
    leaveOut: (name: string) => `Don't mention ${name}`,
    reason: 'Why do so many have to know?',
    reasonHint: 'More than 12 at once need a reason; they read it first.',
    reasonExample: 'For example: the phones are down',
    reasonMissing: 'Say why in a few words, or mention fewer.',
    toldBecause: (count: number, reason: string) => `told ${people(count)}: ${reason}`,
    figure: (count: number) => (count === 1 ? 'Mentions told 1 person.' : `Mentions told ${count} people.`),
    namesYou: 'mentions you',
  },

  posting: {
    title: 'Who may ask here, and when',
    hint: 'Who sees what is asked is another setting. Whoever may not ask is told before they write, and where to turn.',
    role: { agents: 'Agents ask', leads: 'Leads ask', admins: 'Admins ask' },
    when: { always: 'At any hour', while_open: 'In opening hours', never: 'Not at all' },
    whenHint: { always: 'What comes while it is closed waits', while_open: 'Outside they are sent elsewhere', never: 'They are sent elsewhere' },
    /** Only what is not free. */
    rules: (posting: Posting): string[] =>
      (['agents', 'leads', 'admins'] as const).flatMap((role) => (posting[role] === 'always' ? [] : [rule[posting[role]](names[role])])),
    nobody: 'Somebody must be able to ask. To take no questions any more, close the desk.',
    hours: (desk: string, opens: string) => `${desk} takes your question in its opening hours, next ${opens}. Your words stay here until then.`,
    hoursNever: (desk: string) => `${desk} takes your question in its opening hours only. Your words stay here until then.`,
    never: (desk: string) => `${desk} takes no questions from your role. Your words stay here.`,
    askDesk: (desk: string) => `Ask ${desk}`,
    askPerson: (name: string) => `Ask only ${name}`,
  },
} as const
