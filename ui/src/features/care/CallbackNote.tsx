/** A promised call stands on the request until it was made: who calls whom and when, and what is done when nobody did. */

import { PhoneForwarded } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Button, Note } from '../../kit'
import type { Callback, Request } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useWorld } from '../../replica/hooks'
import { firstName, list, moment, spoken, text } from '../../text'
import { PhoneButton } from './PhoneButton'
import styles from './Owed.module.css'

const words = text.callback

export function CallbackNote({ request, callback }: { request: Request; callback: Callback }) {
  const me = useMe()
  const now = useNow(1000)
  const commands = useCommands()
  const asker = usePerson(request.asker)
  const isAsker = request.asker === me || request.care.joined.includes(me)
  const said = useSaid(request, callback, now)
  const done = (called: boolean) => attempt(commands.callbackDone({ request: request.id, called }))
  return (
    <Note
      role="status"
      tone={callback.at <= now ? 'live' : 'plain'}
      icon={<PhoneForwarded />}
      action={
        <span className={styles.actions}>
          {!isAsker && asker?.phone && <PhoneButton person={asker} bare />}
          {isAsker ? (
            request.asker === me && <Button small onPress={() => done(false)}>{words.drop}</Button>
          ) : (
            <Button small tone="primary" onPress={() => done(true)}>{words.done}</Button>
          )}
        </span>
      }
    >
      {said}
    </Note>
  )
}

/** The sentence, for each who reads it. */
function useSaid(request: Request, { at, by, paged }: Callback, now: number): string {
  const me = useMe()
  const { replica } = useWorld()
  const name = (id: Request['asker']) => firstName(replica.people.get(id)?.name ?? text.common.someone)
  const asker = name(request.asker)
  const time = spoken(at, now)
  const isAsker = request.asker === me || request.care.joined.includes(me)
  if (at <= now) {
    const since = moment(at, now)
    if (isAsker) return words.lateForYou(since)
    const told = paged.map((id) => (id === me ? text.common.you : name(id)))
    if (told.length === 0) return words.lateNobody(asker, since)
    const names = list(told)
    return words.late(asker, since, words.was(names.charAt(0).toUpperCase() + names.slice(1), told.length > 1 || told[0] === text.common.you ? 2 : 1))
  }
  if (isAsker) return by ? words.youGet(name(by), time) : words.youGetFromDesk(replica.desks.get(request.desk)?.name ?? '', time)
  if (by === me) return words.owe(asker, time)
  return by ? words.promisedBy(name(by), asker, time) : words.oweAsked(asker, time)
}
