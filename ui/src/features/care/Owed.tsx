/**
 * What is owed to the asker, in one line under the title: both clocks side by side, the next promise, and what stands in
 * the way. Times come from the server; between two of its answers the clocks tick by the desk's own hours.
 */

import { useCallback } from 'react'
import { Moon, Phone, Siren, Users } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Button, Note } from '../../kit'
import type { PersonId, Request } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { bothClocks, deskClock, dueIn, firstName, list, moment, text } from '../../text'
import { Standing, usePlace } from '../ask/Standing'
import { useCalendar } from './calendar'
import { BlockedNotes, BlocksNote, UnblockedNote } from './BlockNotes'
import { CallbackNote } from './CallbackNote'
import { CardNote } from './CardNote'
import type { Saying } from './Dialogs'
import { Offer } from './Offer'
import { PhoneButton } from './PhoneButton'
import { isOpen as isOpenRequest } from './rights'
import { MergedNote, NextTimeNote, ReviewNote, VetNote } from './Standings'
import styles from './Owed.module.css'

export function Owed({ request, say }: { request: Request; say: (saying: Saying) => void }) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow(1000)
  const { care } = request
  const place = usePlace(request.asker === me || care.joined.includes(me) ? request : undefined)
  const desk = useReplica(useCallback((replica: Replica) => replica.desks.get(request.desk), [request.desk]))
  const calendar = useCalendar(request.desk)
  const isOpen = isOpenRequest(request)
  if (!calendar || !desk) return null
  const ticks = isOpen && request.state !== 'waiting_asker' && request.state !== 'answered'
  const worked = care.counted_at === null ? care.worked : deskClock({ used: care.worked, at: care.counted_at, ticks }, calendar, now)
  const clocks = bothClocks(request.asked_at, isOpen ? now : (request.solved_at ?? request.touched_at), worked)
  const due = nextDue(request, now)
  const joined = care.joined.filter((id) => id !== me).map((id) => firstName(replica.people.get(id)?.name ?? ''))
  return (
    <>
      <p className={styles.line} aria-label={text.owed.label}>
        <span title={text.owed.clocksHint}>
          {text.owed.customer} <strong>{clocks.customer}</strong> · {text.owed.desk} <strong>{clocks.desk}</strong>
        </span>
        {place && care.alarm?.step !== 'closed' && (
          <span role="status" className={styles.plan}>
            <Standing request={request} place={place} />
          </span>
        )}
        {isOpen && due && <span>{due}</span>}
        {isOpen && care.plan && <span className={styles.plan}>{care.plan}</span>}
        {care.critical && (
          <span className={styles.critical}>
            <Siren aria-hidden="true" /> {text.owed.critical(care.critical.reason)}
          </span>
        )}
        {joined.length > 0 && (
          <span className={styles.joined}>
            <Users aria-hidden="true" /> {joined.length === 1 ? text.owed.joinedOne(joined[0] ?? '') : text.owed.joined(list(joined))}
          </span>
        )}
      </p>
      <div className={styles.notes}>
        {isOpen && care.hand_over && <Offer request={request} offer={care.hand_over} />}
        {isOpen && !care.hand_over && care.card && <CardNote card={care.card} />}
        {isOpen && care.to_vet && <VetNote request={request} desk={desk} say={say} />}
        {isOpen && care.callback && <CallbackNote request={request} callback={care.callback} />}
        {isOpen && care.alarm && <Alarm request={request} now={now} say={say} />}
        {care.follow_up && !care.follow_up.done && <FollowUp request={request} now={now} say={say} />}
        {care.critical && (!isOpen || care.critical.review) && <ReviewNote request={request} desk={desk} say={say} />}
        {isOpen && care.blocked_by.length > 0 && <BlockedNotes request={request} />}
        {isOpen && care.unblocked_at !== null && <UnblockedNote />}
        {isOpen && <BlocksNote request={request} />}
        {care.merged_into && <MergedNote request={request} />}
        {care.next_time && <NextTimeNote request={request} />}
      </div>
    </>
  )
}

/** The one promise that comes next, in words. */
function nextDue({ state, care, first_response_at }: Request, now: number): string {
  if (state === 'waiting_asker') return text.owed.stopped
  // Who said what happens next, and until when, has said what comes next.
  if (!first_response_at && care.first_response_by && !care.plan) return text.owed.firstWord(dueIn(care.first_response_by, now))
  if (care.next_update_by) return text.owed.update(dueIn(care.next_update_by, now))
  return care.solve_by ? text.owed.solution(dueIn(care.solve_by, now)) : ''
}

/** Nobody has taken it: the asker is told the truth, and whom to call. */
function Alarm({ request, now, say }: { request: Request; now: number; say: (saying: Saying) => void }) {
  const commands = useCommands()
  const { replica } = useWorld()
  const me = useMe()
  const { alarm } = request.care
  if (!alarm || request.asker !== me) return null
  if (alarm.step === 'closed') {
    return (
      <Note
        role="status"
        icon={<Moon />}
        action={
          <span className={styles.actions}>
            {!request.care.callback && <Button small onPress={() => say('callback')}>{text.callback.wish}</Button>}
            <Button small keys="!" onPress={() => say('critical')}>{text.critical.action}</Button>
          </span>
        }
      >
        {text.owed.opens(moment(alarm.begins_at, now))}
      </Note>
    )
  }
  const phones = alarm.call_now.flatMap((id) => replica.people.get(id) ?? []).filter(({ phone }) => phone)
  if (alarm.step !== 'stuck' && phones.length === 0) return null
  return (
    <Note
      tone="live"
      role="alert"
      icon={<Phone />}
      action={
        <span className={styles.actions}>
          {phones.map((person) => (
            <PhoneButton key={person.id} person={person} />
          ))}
          {alarm.step === 'stuck' && request.urgency === 'live' && (
            <Button small tone="quiet" onPress={() => attempt(commands.setUrgency({ request: request.id, urgency: 'today' }))}>
              {text.owed.noLonger}
            </Button>
          )}
        </span>
      }
    >
      {alarm.step === 'stuck' && request.urgency === 'live' ? `${text.owed.nobodyYet} ${text.owed.stillLive}` : text.owed.nobodyYet}
    </Note>
  )
}

/** A "no" is repaired by a person: the asker reads who will call, that person reads until when. */
function FollowUp({ request, now, say }: { request: Request; now: number; say: (saying: Saying) => void }) {
  const me = useMe()
  const { follow_up } = request.care
  const caller = usePerson(follow_up?.by)
  const asker = usePerson(request.asker)
  if (!follow_up) return null
  const mine = (id: PersonId) => id === me
  const until = moment(follow_up.until, now)
  const { late } = follow_up
  if (mine(request.asker)) return <Note role="status">{late ? text.owed.followUpLateForYou(until) : text.owed.followUp(firstName(caller?.name ?? ''), until)}</Note>
  // Whoever is reminded of it can do it: when it is late those are also the ones who answer for the desk.
  if (!mine(follow_up.by) && !request.care.reminders.some(({ person, of }) => mine(person) && of === 'late_follow_up')) return null
  return (
    <Note icon={<Phone />} action={<Button small onPress={() => say('followUp')}>{text.owed.followedUp}</Button>}>
      {(late ? text.owed.followUpLate : text.owed.followUpOf)(firstName(asker?.name ?? ''), until)}
    </Note>
  )
}
