/** Where a question stands that nobody has taken: the place, the range, and what to do where nobody is on duty. */

import { useCallback, useEffect, useState } from 'react'
import { Phone } from 'lucide-react'
import { Button } from '../../kit'
import type { Place, Request, RequestId } from '../../protocol/wire'
import { useHost, useNow, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { standing } from '../../text/place'
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
  const host = useHost()
  const now = useNow(60_000)
  const stand = useReplica(useCallback((replica: Replica) => standIn(replica, request), [request]))
  const isNobody = place.opens_at === null && (place.on_duty === 0 || place.wait.kind === 'nobody')
  // The alarm offers its own people as soon as it has come to them.
  const callable = (request.care.alarm?.call_now.length ?? 0) === 0 ? stand : undefined
  return (
    <span className={styles.standing}>
      {standing(place, now)}
      {isNobody && (
        <>
          <span>{text.ask.callMeBack}</span>
          {callable && (
            <Button small icon={<Phone />} onPress={() => host.open(`tel:${callable.phone}`)}>
              {text.owed.callNow(firstName(callable.name))}, {callable.phone}
            </Button>
          )}
        </>
      )}
    </span>
  )
}

export function isUnclaimed({ state, owner }: Request): boolean {
  return state === 'open' && owner === null
}

/** Who can be called instead: the desk's deputy, else its owner. Nobody calls themselves. */
function standIn(replica: Replica, request: Request) {
  const desk = replica.desks.get(request.desk)
  if (!desk) return undefined
  const { deputy } = desk.service
  const found = [...(deputy.kind === 'person' ? [deputy.person] : []), desk.owner].flatMap((id) => replica.people.get(id) ?? [])
  return found.find(({ id, active, phone }) => active && phone !== '' && id !== request.asker)
}
