/** Whether what a card of the overlay shows is still to be dealt with (pure), and how a card goes when it is not. */

import { useEffect } from 'react'
import type { MessageId, PersonId, RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

/** `missing`: its rows are not here: not yet, or not any more. */
export type Stands = 'stands' | 'over' | 'missing'

type Rows = Pick<Replica, 'messages' | 'requests' | 'thread'>

/** An answer or a question back: over when the request went on, when it was deleted, or when `me` has written since. */
export function answerStands(replica: Rows, id: MessageId, me: PersonId): Stands {
  const message = replica.messages.get(id)
  const request = message && replica.requests.get(message.request)
  if (!request) return 'missing'
  const waits = message.kind.kind === 'asked_back' ? request.state === 'waiting_asker' : request.state === 'answered'
  const thread = replica.thread(message.request)
  const isMine = (later: MessageId) => replica.messages.get(later)?.author === me && replica.messages.get(later)?.kind.kind !== 'event'
  const isReplied = thread.slice(thread.indexOf(id) + 1).some(isMine)
  return waits && !message.deleted && !isReplied ? 'stands' : 'over'
}

/** The wish for a clip. */
export function wishStands(replica: Rows, id: RequestId): Stands {
  const request = replica.requests.get(id)
  if (!request) return 'missing'
  return request.state === 'waiting_asker' && request.clip_wanted_by !== null ? 'stands' : 'over'
}

/** A card may be told of a moment before its rows arrive, never for long. */
const MISSING_MS = 2000

/** An empty window over everything would only be in the way: what does not stand any more is put away. */
export function useOver(stands: Stands, onOver: () => void): void {
  useEffect(() => {
    if (stands === 'over') onOver()
    if (stands !== 'missing') return
    const timer = setTimeout(onOver, MISSING_MS)
    return () => clearTimeout(timer)
  }, [stands, onOver])
}
