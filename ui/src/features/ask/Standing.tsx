/** Where a question stands that nobody has taken: the place, the range, and what to do where nobody is on duty. */

import { useCallback, useEffect, useState } from 'react'
import type { Place, Request, RequestId } from '../../protocol/wire'
import { useMe, useNow, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { isNobodyThere, standing } from '../../text/place'
import { aboutOf, whomToCall } from '../care/instead'
import { PhoneButton } from '../care/PhoneButton'
import { watchPlace } from './place'
import styles from './Standing.module.css'

/** The present place, while the request waits for somebody to take it and the server can be asked. */
export function usePlace(request: Request | undefined): Place | undefined {
  const { host, replica } = useWorld()
  const isOnline = useReadable(host.connection).kind === 'online'
  const id = request && isUnclaimed(request) && isOnline ? request.id : undefined
  const [known, setKnown] = useState<{ of: RequestId; place: Place | undefined }>()
  useEffect(() => (id ? watchPlace({ host, replica }, id, (place) => setKnown({ of: id, place })) : undefined), [host, replica, id])
  return known && known.of === id ? known.place : undefined
}

export function Standing({ request, place }: { request: Request; place: Place }) {
  const me = useMe()
  const now = useNow(60_000)
  const stand = useReplica(useCallback((replica: Replica) => whomToCall(replica, aboutOf(request), me, { helpers: false }), [request, me]))
  const isNobody = place.opens_at === null && isNobodyThere(place)
  // The alarm offers its own people as soon as it has come to them.
  const callable = (request.care.alarm?.call_now.length ?? 0) === 0 ? stand : undefined
  return (
    <span className={styles.standing}>
      {standing(place, now)}
      {isNobody && (
        <>
          <span>{text.ask.callMeBack}</span>
          {callable && <PhoneButton person={callable} icon />}
        </>
      )}
    </span>
  )
}

export function isUnclaimed({ state, owner }: Request): boolean {
  return state === 'open' && owner === null
}
