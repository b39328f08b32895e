/**
 * Whether a recording begins with the microphone on (pure). While a customer is waiting, or one is on a call, what is
 * said is not meant for the clip: then it begins off, and is on only if it was chosen.
 */

import type { PersonId, Request, Urgency } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

/** `asking`: how soon the question needs an answer that this person is just writing, if there is one. */
export function beginsWithMic(replica: Pick<Replica, 'people' | 'requests' | 'calls'>, me: PersonId, asking?: Urgency): boolean {
  if (asking === 'live' || replica.people.get(me)?.status === 'on_call') return false
  for (const { state, caller, callee } of replica.calls.values()) {
    if ((state === 'accepted' || state === 'joined') && (caller === me || callee === me)) return false
  }
  for (const request of replica.requests.values()) {
    if (request.asker === me && request.urgency === 'live' && isOpen(request)) return false
  }
  return true
}

function isOpen({ state }: Request): boolean {
  return state !== 'solved' && state !== 'withdrawn' && state !== 'merged'
}
