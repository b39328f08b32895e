/** Words of whether somebody can be reached: a status with its end, and what is said before one writes to somebody who is away. */

import type { Status } from '../protocol/wire'

export const reach = {
  unconfirmed: 'unconfirmed',
  until: (status: string, time: string) => `${status} until ${time}`,
  said: { available: 'available', on_call: 'on a call', away: 'away', off: 'off work' } satisfies Record<Status, string>,
  is: (name: string, status: string, until: string | undefined, unconfirmed: boolean) =>
    until ? `${name} is ${status} until about ${until}.` : unconfirmed ? `${name} is ${status}, or was: it is not confirmed.` : `${name} is ${status}.`,
  quiet: (name: string) => `${name} has quiet hours.`,
  notConnected: (name: string) => `${name} is not connected.`,
  stale: (name: string) => `${name} said long ago to be available; it is not confirmed.`,
  /** Goes on after one of the sentences above. */
  private: 'Nobody else would see this.',
  deskSees: (desk: string) => `${desk} sees it too.`,
  askDesk: (desk: string) => `Ask ${desk} instead`,

  choose: 'Until when?',
  chooseHint: 'Then you are available again, without a further word.',
  openEnd: 'until I say otherwise',
  minutes: (minutes: number, time: string) => `${minutes < 60 ? `${minutes} min` : minutes === 60 ? '1 hour' : `${minutes / 60} hours`}, until ${time}`,
  endOfDay: (time: string) => `the rest of the day, until ${time}`,
  confirm: (status: string) => `Still ${status}?`,
  confirmHint: 'You said it long ago; colleagues see it as unconfirmed.',
} as const
