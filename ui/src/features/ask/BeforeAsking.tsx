/** What one should know before Enter: that a desk does not take it now, that it is vetted, and that whoever is asked by name can't answer now. */

import { useCallback } from 'react'
import { Clock, Coffee, Signpost } from 'lucide-react'
import { Button, Note } from '../../kit'
import type { Desk, PersonId } from '../../protocol/wire'
import { useMe, useNow, usePerson, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, spoken, text } from '../../text'
import { goesThroughVetters, isVetter } from '../care/rights'
import { vettersOf } from '../care/Standings'
import { isReachable, statusSentence } from '../people/status'
import type { Instead, NotHere } from './posting'
import styles from './AskPanel.module.css'

export interface BeforeAskingProps {
  desk: Desk
  /** The one person who is asked privately, if so. */
  secret: PersonId | undefined
  onWholeDesk: () => void
  /** The desk does not take it now. */
  elsewhere: NotHere | undefined
  /** It was tried all the same. */
  tried: boolean
  onElsewhere: (instead: Instead) => void
}

export function BeforeAsking({ desk, secret, onWholeDesk, elsewhere, tried, onElsewhere }: BeforeAskingProps) {
  const me = useMe()
  const now = useNow()
  const person = usePerson(secret)
  const here = useReplica(useCallback((replica: Replica) => (secret ? replica.here.get(secret) : undefined), [secret]))
  const names = useReplica(useCallback((replica: Replica) => vettersOf(desk, replica), [desk]))
  const vetted = secret ? '' : goesThroughVetters(desk, me) ? text.vet.through(desk.name, names) : desk.audience === 'vetted' && isVetter(desk, me) ? text.vet.throughSelf(desk.name) : ''
  const away = person && !isReachable(person, here, now)
  if (!vetted && !away && !elsewhere) return null
  const instead = elsewhere?.instead
  return (
    <div className={styles.before}>
      {elsewhere && (
        <Note
          tone={tried ? 'danger' : 'plain'}
          role={tried ? 'alert' : 'status'}
          icon={<Clock />}
          action={instead && <Button small keys="Mod+Enter" onPress={() => onElsewhere(instead)}>{'desk' in instead ? text.posting.askDesk(instead.desk.name) : text.posting.askPerson(firstName(instead.person.name))}</Button>}
        >
          {elsewhere.opensAt === undefined ? text.posting.never(desk.name) : elsewhere.opensAt === null ? text.posting.hoursNever(desk.name) : text.posting.hours(desk.name, spoken(elsewhere.opensAt, now))}
        </Note>
      )}
      {vetted && !elsewhere && <Note role="status" icon={<Signpost />}>{vetted}</Note>}
      {away && (
        <Note role="status" icon={<Coffee />} action={<Button small onPress={onWholeDesk}>{text.reach.askDesk(desk.name)}</Button>}>
          {statusSentence(person, here, now)} {text.reach.private}
        </Note>
      )}
    </div>
  )
}
