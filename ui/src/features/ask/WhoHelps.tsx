/** Colleagues who said that they help with a topic that is being typed: one press and one talks, or asks them alone. */

import { useCallback, useMemo } from 'react'
import { Phone } from 'lucide-react'
import { Avatar, IconButton } from '../../kit'
import type { PersonId } from '../../protocol/wire'
import { useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, list, text } from '../../text'
import { callPerson } from '../call/actions'
import { statusWords } from '../people/status'
import { topicsIn, wordsOf } from './topics'
import styles from './AskPanel.module.css'

/** As many as one can take in at a glance. */
const MOST = 2

export function WhoHelps({ words }: { words: string }) {
  const me = useMe()
  const asked = useMemo(() => wordsOf(words), [words])
  const ids = useReplica(
    useCallback(
      (replica: Replica) =>
        [...replica.people.values()]
          .filter((one) => one.active && one.id !== me && topicsIn(asked, one.profile.topics).length > 0)
          .sort((a, b) => Number(a.status !== 'available') - Number(b.status !== 'available') || a.name.localeCompare(b.name))
          .slice(0, MOST)
          .map(({ id }) => id),
      [me, asked],
    ),
  )
  if (ids.length === 0) return null
  return (
    <ul className={styles.experts} aria-label={text.service.whoHelps}>
      {ids.map((id) => (
        <Expert key={id} id={id} asked={asked} />
      ))}
    </ul>
  )
}

function Expert({ id, asked }: { id: PersonId; asked: readonly string[] }) {
  const world = useWorld()
  const now = useNow()
  const person = usePerson(id)
  if (!person) return null
  return (
    <li>
      <Avatar name={person.name} size="s" />
      <span>
        {firstName(person.name)} {text.service.helpsWith(list(topicsIn(asked, person.profile.topics)))}
      </span>
      <span className={styles.expertStatus}>{[statusWords(person, now), person.phone].filter(Boolean).join(', ')}</span>
      <IconButton label={text.call.callName(firstName(person.name))} small onPress={() => callPerson(world, id)}>
        <Phone />
      </IconButton>
    </li>
  )
}
