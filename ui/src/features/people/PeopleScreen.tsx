/** Who is here now, to be called or asked. In the order of names: nothing is counted or ranked by person. */

import { useState } from 'react'
import { Lock, Phone, ScreenShare, Search, UserSearch } from 'lucide-react'
import { StatusMark } from '../../app/Rail'
import { Avatar, EmptyState, IconButton, Skeleton, TextField } from '../../kit'
import type { Person, PersonId } from '../../protocol/wire'
import { useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import { firstName, list, text } from '../../text'
import { openAsk } from '../ask/open'
import { callPerson, canShare, shareWith } from '../call/actions'
import { summary } from '../settings/hours'
import { statusWords } from './status'
import styles from './PeopleScreen.module.css'

export function PeopleScreen() {
  const [query, setQuery] = useState('')
  const loaded = useReplica((replica) => replica.loaded)
  const people = useReplica((replica) =>
    [...replica.people.values()].filter((person) => person.active).sort((a, b) => a.name.localeCompare(b.name)).map((person) => person.id),
  )
  const names = useReplica((replica) => replica.people)
  const shown = people.filter((id) => finds(names.get(id), query))
  return (
    <main className={styles.screen}>
      <header className={styles.header}>
        <div>
          <h1>{text.people.title}</h1>
          <p>{text.people.hint}</p>
        </div>
        <TextField label={text.service.search} quietLabel placeholder={text.service.search} value={query} onChange={setQuery} start={<Search />} />
      </header>
      {!loaded ? (
        <Skeleton label={text.common.loading} />
      ) : shown.length === 0 ? (
        <EmptyState icon={<UserSearch />} title={text.people.empty} />
      ) : (
        <ul className={styles.list}>
          {shown.map((id) => (
            <Line key={id} id={id} />
          ))}
        </ul>
      )}
    </main>
  )
}

/** By name, by what they said they can help with, by team or site: every word has to be found somewhere. */
function finds(person: Person | undefined, query: string): boolean {
  if (!person) return false
  const { team, title, site, topics, languages } = person.profile
  const all = [person.name, team, title, site, ...topics, ...languages].join(' ').toLowerCase()
  return query.toLowerCase().split(/\s+/).every((word) => all.includes(word))
}

/** What they said of themselves, and when they work, on their own wall. */
function about({ profile: { team, title, site, topics, languages, hours, zone, reach_me_by } }: Person): string {
  const works = hours.length > 0 ? text.service.works(summary(hours), zone) : zone && text.service.zoneIs(zone)
  return [title, team, site, topics.length > 0 ? text.service.helpsWith(list(topics)) : '', list(languages), works, reach_me_by].filter(Boolean).join(' · ')
}

function Line({ id }: { id: PersonId }) {
  const world = useWorld()
  const me = useMe()
  const now = useNow()
  const person = usePerson(id)
  const here = useReplica((replica) => replica.here.get(id))
  const mayShare = useReplica((replica) => canShare(replica.org))
  if (!person) return null
  const connected = here?.connected === true
  const note = !connected ? text.presence.notConnected : here?.idle ? text.presence.idle : ''
  return (
    <li className={styles.line}>
      <span className={styles.face}>
        <Avatar name={person.name} size="l" dim={!connected} />
        <StatusMark status={person.status} connected={connected} unconfirmed={person.status_unconfirmed} />
      </span>
      <span className={styles.who}>
        <strong>
          {person.name} {id === me && <span className={styles.quiet}>({text.people.you})</span>}
        </strong>
        <span className={styles.quiet}>
          {statusWords(person, now)}
          {note && `, ${note}`}
        </span>
        {about(person) && <span className={styles.quiet}>{about(person)}</span>}
      </span>
      <span className={styles.phone}>{person.phone}</span>
      {id !== me && (
        <span className={styles.actions}>
          <IconButton label={text.call.callName(firstName(person.name))} onPress={() => callPerson(world, id)}>
            <Phone />
          </IconButton>
          {mayShare && (
            <IconButton label={text.call.shareWith(firstName(person.name))} onPress={() => shareWith(world, id)}>
              <ScreenShare />
            </IconButton>
          )}
          <IconButton label={`${text.people.askPrivately}: ${person.name}`} onPress={() => openAsk({ privateWith: id })}>
            <Lock />
          </IconButton>
        </span>
      )}
    </li>
  )
}
