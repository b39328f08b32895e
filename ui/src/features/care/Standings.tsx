/** What else one has to know of a request, each with what can be done about it: vetting, criticality, where it went on. */

import { useCallback } from 'react'
import { BookMarked, CircleArrowRight, Siren, Signpost } from 'lucide-react'
import { go } from '../../app/router'
import { Button, Note } from '../../kit'
import type { Desk, Request } from '../../protocol/wire'
import { useMe, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, oneOf, text } from '../../text'
import { title } from '../request/awaited'
import type { Saying } from './Dialogs'
import { forwards, isVetter, reviews } from './rights'
import styles from './Owed.module.css'

/** Names of a desk's vetters, as one says them. */
export function vettersOf(desk: Desk | undefined, replica: Pick<Replica, 'people'>): string {
  const names = (desk?.service.vetters ?? []).flatMap((id) => firstName(replica.people.get(id)?.name ?? ''))
  return oneOf(names.filter(Boolean))
}

/** It has not reached its desk yet. */
export function VetNote({ request, desk, say }: { request: Request; desk: Desk; say: (saying: Saying) => void }) {
  const me = useMe()
  const { replica } = useWorld()
  const names = vettersOf(desk, replica)
  const mine = request.asker === me || request.care.joined.includes(me)
  const may = !mine && forwards(desk, me)
  return (
    <Note
      role="status"
      icon={<Signpost />}
      action={
        may && (
          <span className={styles.actions}>
            <Button small tone={isVetter(desk, me) ? 'primary' : 'plain'} onPress={() => say('forward')}>{text.vet.send}</Button>
            {isVetter(desk, me) && <Button small onPress={() => document.getElementById('composer')?.focus()}>{text.vet.askBack}</Button>}
          </span>
        )
      }
    >
      {isVetter(desk, me) && !mine ? text.vet.forVetter(desk.name) : may ? text.vet.forDesk(names) : text.vet.forAsker(names, desk.name)}
    </Note>
  )
}

/** After something critical: that its lesson is missing, or the lesson itself. */
export function ReviewNote({ request, desk, say }: { request: Request; desk: Desk; say: (saying: Saying) => void }) {
  const me = usePerson(useMe())
  const review = request.care.critical?.review
  const by = usePerson(review?.by)
  if (review) return <Note icon={<BookMarked />}>{text.critical.learnt(firstName(by?.name ?? text.common.someone), review.text)}</Note>
  if (!reviews(desk, me)) return null
  return (
    <Note icon={<Siren />} action={<Button small onPress={() => say('review')}>{text.critical.reviewAction}</Button>}>
      {text.critical.review}
    </Note>
  )
}

/** It went on elsewhere. */
export function MergedNote({ request }: { request: Request }) {
  const id = request.care.merged_into
  const into = useReplica(useCallback((replica: Replica) => (id ? replica.requests.get(id) : undefined), [id]))
  if (!id) return null
  return (
    <Note icon={<CircleArrowRight />} action={<Button small tone="primary" onPress={() => go(`/r/${id}`)}>{text.merge.open}</Button>}>
      {into ? text.merge.into(title(into)) : text.merge.intoHidden}
    </Note>
  )
}

export function NextTimeNote({ request }: { request: Request }) {
  return <Note icon={<BookMarked />}>{text.nextTime.said(request.care.next_time)}</Note>
}
