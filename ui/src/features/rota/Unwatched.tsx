/**
 * Nobody on duty is at a desk that is open: said to whoever answers for it in the inbox, and to all who help there on its
 * board and where shifts are handed over. It speaks of the desk, and of whom one can reach; never of who went.
 */

import { useCallback, useMemo } from 'react'
import { DoorOpen, PhoneCall } from 'lucide-react'
import { go } from '../../app/router'
import { Button, Note } from '../../kit'
import type { Desk } from '../../protocol/wire'
import { useMe, useNow, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, list, text } from '../../text'
import { callPerson } from '../call/actions'
import { helpsAt } from '../inbox/groups'
import { onDuty } from './week'
import { reachable } from './reachable'
import styles from './Unwatched.module.css'

/** More names are no help. */
const MOST = 3

export function Unwatched({ desks }: { desks: readonly Desk[] }) {
  return desks.filter(({ unwatched }) => unwatched !== null).map((desk) => <OneDesk key={desk.id} desk={desk} />)
}

/** Of the desks about which the server tells oneself. */
export function MyUnwatched() {
  const me = useMe()
  const desks = useReplica(useCallback((replica: Replica) => [...replica.desks.values()].filter(({ unwatched }) => unwatched?.tells.includes(me)), [me]))
  return <Unwatched desks={desks} />
}

/** Where a shift is handed over: of all desks at which one helps. */
export function UnwatchedAround() {
  const me = useMe()
  const desks = useReplica(useCallback((replica: Replica) => [...replica.desks.values()].filter((desk) => desk.unwatched !== null && helpsAt(desk, me)), [me]))
  return <Unwatched desks={desks} />
}

function OneDesk({ desk }: { desk: Desk }) {
  const world = useWorld()
  const me = useMe()
  const now = useNow(60_000)
  const zone = useReplica((replica) => replica.org?.zone ?? 'UTC')
  const people = useReplica(useCallback((replica: Replica) => reachable(desk, replica, me), [desk, me]))
  const duty = useMemo(() => onDuty(desk, zone, now), [desk, zone, now])
  const names = people.slice(0, MOST).map(({ name }) => firstName(name))
  const first = people[0]
  const hasGap = duty !== 'everyone' && duty.length === 0
  return (
    <Note role="status" icon={<DoorOpen />}>
      <span className={styles.inside}>
        <span className={styles.words}>
          {hasGap ? text.unwatched.gap(desk.name) : text.unwatched.gone(desk.name)}{' '}
          {people.length === 0 ? text.unwatched.nobody : text.unwatched.reach(list(people.length > MOST ? [...names, text.unwatched.more(people.length - MOST)] : names), people.length)}
        </span>
        <span className={styles.actions}>
          {first && <Button small tone="primary" icon={<PhoneCall />} onPress={() => callPerson(world, first.id)}>{text.unwatched.call(firstName(first.name))}</Button>}
          <Button small onPress={() => go(`/rota/${desk.id}`)}>{text.unwatched.rota}</Button>
        </span>
      </span>
    </Note>
  )
}
