/** Before words are sent: whom they disturb, who of them can't read it now, and why so many, where they are many. */

import type { RefObject } from 'react'
import { AtSign, EyeOff } from 'lucide-react'
import { Button, Note, TextField } from '../../kit'
import type { Person, PersonId } from '../../protocol/wire'
import { useMe, useNow, useReplica, useWorld } from '../../replica/hooks'
import { firstName, list, text } from '../../text'
import { isReachable, statusSentence } from '../people/status'
import { whomOf } from './names'
import type { Mentions } from './useMentions'
import styles from './Mention.module.css'

const words = text.mention
/** So many are named one by one. */
const FEW = 4

export interface MeterProps {
  mentions: Mentions
  /** It was tried to send them as they are. */
  tried: boolean
  /** What would let those who are named see it. */
  open?: { name: string; act: () => void } | undefined
  reason: RefObject<HTMLInputElement | null>
  onSend: () => void
  onLeave: () => void
}

export function Meter({ mentions, tried, open, reason, onSend, onLeave }: MeterProps) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow(15_000)
  const here = useReplica((replica) => replica.here)
  const { audience, named, unseen } = mentions
  if (named.length === 0) return null
  const isTold = (id: PersonId) => audience.tells.kind === 'these' && audience.tells.people.includes(id)
  // As the words name them, then whoever belongs to a group.
  const direct = whomOf(named).flatMap((mention) => (mention.kind === 'person' && isTold(mention.person) ? (replica.people.get(mention.person) ?? []) : []))
  const others = audience.tells.kind === 'these' ? audience.tells.people.flatMap((id) => replica.people.get(id) ?? []).filter((person) => !direct.includes(person)) : []
  const away = direct.filter((person) => !isReachable(person, here.get(person.id), now)).slice(0, 2)
  const { needsReason } = audience
  return (
    <div className={styles.meter}>
      {unseen.map((person) => (
        <Note
          key={person.id}
          tone={tried ? 'danger' : 'plain'}
          role={tried ? 'alert' : 'status'}
          icon={<EyeOff />}
          action={
            <span className={styles.actions}>
              {open && (
                <Button small tone="quiet" onPress={open.act}>
                  {open.name}
                </Button>
              )}
              <Button small onPress={() => mentions.leaveOut(person.id)}>
                {words.leaveOut(firstName(person.name))}
              </Button>
            </span>
          }
        >
          {words.unseen(firstName(person.name))}
        </Note>
      ))}
      <p className={styles.line} role="status">
        <AtSign aria-hidden="true" />
        <span>
          {meterWords(mentions, [...direct, ...others], me)}
          {away.map((person) => ` ${statusSentence(person, here.get(person.id), now)}`)}
        </span>
      </p>
      {needsReason && (
        <TextField
          label={words.reason}
          hint={words.reasonHint}
          placeholder={words.reasonExample}
          value={mentions.reason}
          onChange={mentions.setReason}
          maxLength={300}
          inputRef={reason}
          validationBehavior="aria"
          error={tried && mentions.stops === 'reason' ? words.reasonMissing : undefined}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Enter') onSend()
            else if (event.key === 'Escape') onLeave()
            else return event.continuePropagation()
            event.preventDefault()
          }}
        />
      )}
    </div>
  )
}

/** `@desk tells 4 on duty.`, `Tells Sam and Sid.`, `Tells 14 people.` */
function meterWords({ named, audience }: Mentions, people: readonly Person[], me: string): string {
  const kinds = new Set(named.map(({ mention }) => mention.kind))
  if (kinds.size === 1 && kinds.has('desk')) return audience.told === 0 ? words.nobodyOnDuty : words.tellsDuty(audience.told)
  if (kinds.size === 1 && kinds.has('all')) return words.tellsAll(audience.told)
  if (audience.told === 0) return named.every(({ mention }) => mention.kind === 'person' && mention.person === me) ? words.onlySelf : words.tellsNobody
  return audience.told <= FEW && people.length === audience.told ? words.tells(list(people.map(({ name }) => firstName(name)))) : words.tellsMany(audience.told)
}
