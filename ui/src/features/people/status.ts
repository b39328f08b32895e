/** Whether somebody can be reached, in words: what they said, until when, and whether that is still believed. */

import type { Here, Person } from '../../protocol/wire'
import { firstName, moment, text } from '../../text'
import { calendarText } from '../../text/calendar'

/** `Away until 15:00`, `Available, unconfirmed`. What ended by its own word is over, also before the server has said so. */
export function statusWords(person: Pick<Person, 'status' | 'status_until' | 'status_unconfirmed' | 'busy_until'>, now: number): string {
  const { status, status_until: until, status_unconfirmed } = person
  const meeting = meetingUntil(person, now)
  if (meeting !== undefined) return text.reach.until(calendarText.meeting, moment(meeting, now))
  if (status === 'available' || until === null || until <= now) return `${text.status[status]}${status_unconfirmed ? `, ${text.reach.unconfirmed}` : ''}`
  return text.reach.until(text.status[status], moment(until, now))
}

/** Until when they are in a meeting by their calendar. What they say of themselves counts more, while it is fresh. */
function meetingUntil({ status, status_unconfirmed, busy_until }: Pick<Person, 'status' | 'status_unconfirmed' | 'busy_until'>, now: number): number | undefined {
  const isOpen = status === 'available' || (status === 'on_call' && status_unconfirmed)
  return isOpen && busy_until !== null && busy_until > now ? busy_until : undefined
}

/** Whether a word to this person is likely to be read now. */
export function isReachable(person: Person, here: Here | undefined, now: number): boolean {
  const ended = person.status_until !== null && person.status_until <= now
  return here?.connected === true && !person.quiet_now && (person.status === 'available' || ended) && !person.status_unconfirmed && meetingUntil(person, now) === undefined
}

/** Why not, as a sentence: `Sam is on a call until 11:20.` */
export function statusSentence(person: Person, here: Here | undefined, now: number): string {
  const name = firstName(person.name)
  const { status, status_until: until } = person
  const meeting = meetingUntil(person, now)
  if (meeting !== undefined) return text.reach.is(name, calendarText.inMeeting, moment(meeting, now), false)
  const end = until !== null && until > now ? moment(until, now) : undefined
  if (status !== 'available' && !(until !== null && until <= now)) return text.reach.is(name, text.reach.said[status], end, person.status_unconfirmed)
  if (person.quiet_now) return text.reach.quiet(name)
  if (here?.connected !== true) return text.reach.notConnected(name)
  return text.reach.stale(name)
}
