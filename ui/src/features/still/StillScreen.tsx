/**
 * What does not move, desk by desk, for whoever answers for the desk: so that nothing waits on somebody who has gone home.
 * A row names who has it, because one must know whom to ask; nothing is counted or sorted by person.
 */

import { useCallback, useMemo } from 'react'
import { CheckCircle2, Hourglass } from 'lucide-react'
import { go, Link } from '../../app/router'
import { Avatar, Button, EmptyState, Note, Skeleton } from '../../kit'
import { Calendar } from '../../hours/calendar'
import type { Desk, Person, RequestId } from '../../protocol/wire'
import { useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { ago, firstName, text } from '../../text'
import { isResponsible } from '../care/rights'
import { title } from '../request/awaited'
import rota from '../rota/Rota.module.css'
import { overlooks, stillAt, type Why } from './still'
import styles from './Still.module.css'

const words = text.still

export function StillScreen() {
  const me = usePerson(useMe())
  const loaded = useReplica((replica) => replica.loaded)
  const desks = useReplica(useCallback((replica: Replica) => desksOf(replica, me), [me]))
  const counts = useStill(desks, 'at once')
  if (!loaded) return <Skeleton label={text.common.loading} rows={6} />
  const moves = counts.every(({ still }) => still.length === 0)
  return (
    <main className={rota.screen} aria-label={words.title}>
      <div className={rota.inside}>
        <header className={rota.header}>
          <div>
            <h1>{words.title}</h1>
            <p>{words.hint}</p>
          </div>
        </header>
        {desks.length === 0 ? (
          <EmptyState icon={<Hourglass />} title={words.noDesk}>{words.noDeskHint}</EmptyState>
        ) : moves ? (
          <EmptyState icon={<CheckCircle2 />} title={words.empty}>{words.emptyHint}</EmptyState>
        ) : (
          counts.map(({ desk, still }) => still.length > 0 && <DeskPart key={desk.id} desk={desk} still={still} />)
        )}
      </div>
    </main>
  )
}

function DeskPart({ desk, still }: { desk: Desk; still: readonly { id: RequestId; why: Why }[] }) {
  return (
    <section className={styles.part} aria-labelledby={`still-${desk.id}`}>
      <h2 id={`still-${desk.id}`}>
        {desk.name} <span className={styles.count}>{still.length}</span>
      </h2>
      <ul>
        {still.map(({ id, why }) => (
          <StillRow key={id} id={id} why={why} />
        ))}
      </ul>
    </section>
  )
}

function StillRow({ id, why }: { id: RequestId; why: Why }) {
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(id), [id]))
  const asker = usePerson(request?.asker)
  const owner = usePerson(request?.owner)
  const now = useNow(60_000)
  if (!request) return null
  return (
    <li className={styles.line}>
      <Avatar name={asker?.name ?? '?'} />
      <div className={styles.words}>
        <Link to={`/r/${id}`} className={styles.title}>{title(request)}</Link>
        <span className={styles.why}>
          <Hourglass aria-hidden="true" /> {words.why[why]}
        </span>
        <span className={styles.quiet}>
          {words.asked(firstName(asker?.name ?? text.common.someone), ago(request.asked_at, now))} · {request.owner ? words.has(firstName(owner?.name ?? text.common.someone)) : words.nobody}
        </span>
      </div>
    </li>
  )
}

/** In the inbox of whoever owns or stands in for a desk: one line, where something does not move. */
export function MyStill() {
  const me = useMe()
  const desks = useReplica(useCallback((replica: Replica) => [...replica.desks.values()].filter((desk) => !desk.closed && isResponsible(desk, me)), [me]))
  const still = useStill(desks, 'each minute').filter((one) => one.still.length > 0)
  const [first] = still
  if (!first) return null
  const count = still.reduce((sum, one) => sum + one.still.length, 0)
  return (
    <Note role="status" icon={<Hourglass />} action={<Button small onPress={() => go('/still')}>{words.show}</Button>}>
      {still.length === 1 ? words.note(count, first.desk.name) : words.noteMany(count)}
    </Note>
  )
}

/**
 * Where it is one line among others, it is looked at when a minute is over or a desk changes, not with every row that
 * comes: what does not move has time, and the inbox of a busy floor has none.
 */
function useStill(desks: readonly Desk[], when: 'at once' | 'each minute'): { desk: Desk; still: { id: RequestId; why: Why }[] }[] {
  const { replica } = useWorld()
  const loaded = useReplica((replica) => replica.loaded)
  const zone = useReplica((replica) => replica.org?.zone ?? 'UTC')
  const version = useReplica(useCallback((replica: Replica) => (when === 'at once' ? replica.version : 0), [when]))
  const now = useNow(60_000)
  return useMemo(
    () => (loaded ? desks.map((desk) => ({ desk, still: stillAt(desk, replica.requests.values(), Calendar.of(desk, zone), now) })) : []),
    // oxlint-disable-next-line react/exhaustive-deps
    [replica, loaded, desks, zone, version, now],
  )
}

/** Leads see every desk's that they may read; the others those they answer for. */
function desksOf(replica: Replica, me: Person | undefined): Desk[] {
  return [...replica.desks.values()].filter((desk) => overlooks(desk, me)).sort((a, b) => a.name.localeCompare(b.name))
}
