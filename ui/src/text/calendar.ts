/** Words of one's own calendar, and of being in a meeting by it. */

import type { CalendarFile } from '../protocol/wire'

export const calendarText = {
  title: 'Calendar',
  hint: 'While a meeting goes on you are shown as busy until its end. Only the times are read; nobody sees the calendar or its address. What you say of yourself counts more.',
  address: 'Secret address of your calendar',
  addressHint: 'It ends in .ics: in Google under “Integrate calendar”, in Outlook under “Publish calendar”. Read every quarter of an hour.',
  noAddress: 'Begins with https://',
  file: 'Choose a file instead',
  noFile: 'This is no calendar file, or larger than 1 MB',
  remove: 'Forget the calendar',
  busy: (until: string) => `You are in a meeting until ${until}.`,
  state: {
    none: 'No calendar is known.',
    unread: 'The calendar has not been read yet.',
    read: 'The calendar is read.',
    unreachable: 'Nothing answers at the address. It is tried again.',
    not_a_calendar: 'What is there is no calendar, or more of one than can be read. Use the address that ends in .ics, not the one of the web page, or publish a shorter time.',
    not_allowed: 'This server may not ask that address: only https, and none of a private network. An admin can allow it.',
  } satisfies Record<CalendarFile, string>,
  meeting: 'In a meeting',
  inMeeting: 'in a meeting',
} as const
