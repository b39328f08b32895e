/** Before one writes: that the one whose turn it is can't read it now, and who else will. */

import { useCallback } from 'react'
import { Coffee } from 'lucide-react'
import type { Request } from '../../protocol/wire'
import { useMe, useNow, usePerson, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { isReachable, statusSentence } from '../people/status'
import styles from './Composer.module.css'

export function ReachLine({ request, helper }: { request: Request; helper: boolean }) {
  const me = useMe()
  const now = useNow()
  // A helper writes to the asker, everybody else to whoever has it.
  const to = helper ? request.asker : (request.owner ?? request.private_with?.[0] ?? null)
  const person = usePerson(to)
  const here = useReplica(useCallback((replica: Replica) => (to ? replica.here.get(to) : undefined), [to]))
  const desk = useReplica(useCallback((replica: Replica) => replica.desks.get(request.desk)?.name, [request.desk]))
  if (!person || to === me || isReachable(person, here, now)) return null
  // Askers talk to customers most of the day; that they do is no news to a helper.
  if (helper && here?.connected === true && person.status !== 'off') return null
  return (
    <p className={styles.reach} role="status">
      <Coffee aria-hidden="true" />
      <span>
        {statusSentence(person, here, now)} {helper ? '' : request.private_with ? text.reach.private : text.reach.deskSees(desk ?? '')}
      </span>
    </p>
  )
}
