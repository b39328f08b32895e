/**
 * The end of a shift in one screen: everything I have, one note each, one button; and what is offered to me, with one
 * button too. Each is offered by itself, so that one that is refused holds back no other.
 */

import { useMemo, useState } from 'react'
import { CircleAlert, Handshake, Sunset } from 'lucide-react'
import { Link } from '../../app/router'
import { attempt } from '../../app/attempt'
import { SavingNote, useSaving } from '../../app/saving'
import { Refused } from '../../host/host'
import { Avatar, Button, EmptyState, Select, Skeleton, TextField, toast } from '../../kit'
import type { DeskId, PersonId, Request, RequestId } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import { explain, firstName, text } from '../../text'
import { apart, maskKey, MaskLine, useMask } from '../composer/MaskLine'
import { awaited, awaitedLine, title } from '../request/awaited'
import { incoming, outgoing, Proposed, takerOf, takers, takersOf, type Batch } from './shift'
import { UnwatchedAround } from './Unwatched'
import rota from './Rota.module.css'
import styles from './Shift.module.css'

const words = text.shift

export function ShiftScreen() {
  const { replica } = useWorld()
  const me = useMe()
  const loaded = useReplica((replica) => replica.loaded)
  const version = useReplica((replica) => replica.requestsVersion)
  // oxlint-disable-next-line react/exhaustive-deps
  const batches = useMemo(() => outgoing(replica.requests.values(), replica.desks, me), [replica, me, version])
  // oxlint-disable-next-line react/exhaustive-deps
  const offers = useMemo(() => incoming(replica.requests.values(), me), [replica, me, version])
  if (!loaded) return <Skeleton label={text.common.loading} rows={6} />
  return (
    <main className={rota.screen} aria-label={words.title}>
      <div className={rota.inside}>
        <header className={rota.header}>
          <div>
            <h1>{words.title}</h1>
            <p>{words.hint}</p>
          </div>
        </header>
        <UnwatchedAround />
        {offers.length > 0 && <Incoming offers={offers} />}
        {batches.length > 0 ? (
          <Outgoing batches={batches} />
        ) : (
          offers.length === 0 && <EmptyState icon={<Sunset />} title={words.empty}>{words.emptyHint}</EmptyState>
        )}
      </div>
    </main>
  )
}

function Incoming({ offers }: { offers: readonly Request[] }) {
  const commands = useCommands()
  const takeAll = () => {
    const count = offers.length
    attempt(Promise.all(offers.map(({ id }) => commands.takeOver({ request: id }))), () => toast({ title: words.taken(count) }))
  }
  return (
    <section className={styles.part} aria-labelledby="incoming">
      <header className={styles.head}>
        <h2 id="incoming">{words.incoming}</h2>
        <Button tone="primary" icon={<Handshake />} onPress={takeAll}>{words.takeAll(offers.length)}</Button>
      </header>
      <ul>
        {offers.map((request) => (
          <Offered key={request.id} request={request} onTake={() => attempt(commands.takeOver({ request: request.id }))} />
        ))}
      </ul>
    </section>
  )
}

function Offered({ request, onTake }: { request: Request; onTake: () => void }) {
  const from = usePerson(request.care.hand_over?.from)
  return (
    <li className={styles.line}>
      <Avatar name={from?.name ?? '?'} />
      <div className={styles.words}>
        <Link to={`/r/${request.id}`} className={styles.title}>{title(request)}</Link>
        <span className={styles.quiet}>{words.incomingFrom(firstName(from?.name ?? text.common.someone), request.care.card?.needed ?? '')}</span>
      </div>
      <Button small aria-label={words.take(title(request))} onPress={onTake}>{words.takeOne}</Button>
    </li>
  )
}

const draftOf = (id: RequestId) => `shift:${id}`

type Failed = ReadonlyMap<RequestId, string>

function Outgoing({ batches }: { batches: readonly Batch[] }) {
  const { replica, host } = useWorld()
  const me = useMe()
  const now = useNow(60_000)
  const commands = useCommands()
  const people = useReplica((replica) => replica.people)
  const [proposed] = useState(() => new Proposed())
  const [wanted, want] = useState<ReadonlyMap<DeskId | RequestId, PersonId>>(new Map())
  const [notes, setNotes] = useState<ReadonlyMap<RequestId, string>>(new Map())
  const [failed, setFailed] = useState<Failed>(new Map())
  const { saving, save } = useSaving()
  const sending = saving.kind === 'sending'
  const zone = replica.org?.zone ?? 'UTC'
  const takersAt = (desk: DeskId) => takers(replica.desks.get(desk), people.values(), me, zone, now)
  /** What was written here outlives the screen, as every draft does. */
  const noteOf = ({ id, care }: Request) => notes.get(id) ?? (host.drafts.get(draftOf(id)) || (!care.hand_over && care.card?.by === me ? care.card.needed : ''))
  const mask = useMask(apart(batches.flatMap(({ requests }) => requests).map(noteOf)), { ibansMayStay: false })
  const write = (id: RequestId, note: string) => {
    setNotes((old) => new Map(old).set(id, note))
    host.drafts.put(draftOf(id), note)
  }
  const atDesk = (desk: DeskId) => {
    const all = takersAt(desk)
    const first = proposed.of(desk, all[0]?.id)
    return wanted.get(desk) ?? (all.some(({ id }) => id === first) ? first : all[0]?.id)
  }
  const to = (request: Request) => {
    const all = takersAt(request.desk)
    const fresh = takerOf(request, all, wanted.get(request.desk), proposed.of(request.desk, all[0]?.id))
    return takerOf(request, all, wanted.get(request.id), wanted.get(request.desk), proposed.of(request.id, fresh))
  }
  const left = batches.flatMap(({ requests }) => requests).filter((request) => !request.care.hand_over && to(request) !== undefined)
  const ready = left.filter((request) => noteOf(request).trim() !== '')

  const offer = async (request: Request): Promise<string | undefined> => {
    const { card } = request.care
    const note = { summary: card?.summary || title(request), tried: card?.tried ?? '', impact: card?.impact ?? '', needed: mask.of(noteOf(request)) }
    try {
      await commands.offerHandOver({ request: request.id, desk: request.desk, person: to(request) ?? null, card: note })
      host.drafts.put(draftOf(request.id), '')
      return undefined
    } catch (error: unknown) {
      return explain(error instanceof Refused ? error.problem : { code: 'fault' })
    }
  }
  const send = async () => {
    // All at once: offline each is kept here, and none waits for another.
    const outcomes = await Promise.all(ready.map(async (request) => ({ id: request.id, refused: await offer(request) })))
    const refused = outcomes.flatMap(({ id, refused }) => (refused ? [[id, refused] as const] : []))
    setFailed(new Map(refused))
    if (ready.length > refused.length) toast({ title: words.sent(ready.length - refused.length) })
  }

  return (
    <form
      className={styles.part}
      aria-labelledby="outgoing"
      onKeyDown={maskKey(mask)}
      onSubmit={(event) => {
        event.preventDefault()
        if (ready.length > 0 && !sending) save(send())
      }}
    >
      <h2 id="outgoing">{words.outgoing}</h2>
      {batches.map(({ desk, requests }) => {
        const all = takersAt(desk)
        return (
          <section key={desk} className={styles.batch} aria-label={replica.desks.get(desk)?.name}>
            {all.length === 0 ? (
              <p className={styles.quiet}>{words.nobodyToTake}</p>
            ) : (
              <div className={styles.to}>
              <Select
                label={words.toAt(replica.desks.get(desk)?.name ?? '')}
                value={atDesk(desk) ?? null}
                onChange={(person) => want(new Map([...wanted].filter(([key]) => !requests.some(({ id }) => id === key))).set(desk, person))}
                choices={all.map((one) => ({ id: one.id, name: one.name, hint: text.status[one.status], icon: <Avatar name={one.name} size="s" /> }))}
              />
              </div>
            )}
            <ul>
              {requests.map((request) => (
                <Mine
                  key={request.id}
                  request={request}
                  people={all}
                  to={to(request)}
                  note={noteOf(request)}
                  problem={failed.get(request.id)}
                  onTo={(person) => want(new Map(wanted).set(request.id, person))}
                  onNote={(note) => write(request.id, note)}
                />
              ))}
            </ul>
          </section>
        )
      })}
      <MaskLine mask={mask} />
      <footer className={rota.foot}>
        {sending && <SavingNote saving={saving} />}
        <span className={styles.quiet} role="status">{left.length > ready.length ? words.missing(left.length - ready.length) : ''}</span>
        <Button tone="primary" type="submit" icon={<Handshake />} isDisabled={ready.length === 0 || sending}>{words.send(ready.length || left.length)}</Button>
      </footer>
    </form>
  )
}

interface MineProps {
  request: Request
  people: readonly { id: PersonId; name: string }[]
  to: PersonId | undefined
  note: string
  problem: string | undefined
  onTo: (person: PersonId) => void
  onNote: (note: string) => void
}

function Mine({ request, people, to, note, problem, onTo, onNote }: MineProps) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow()
  const commands = useCommands()
  const asker = usePerson(request.asker)
  const offered = usePerson(request.care.hand_over?.person)
  const may = takersOf(request, people)
  return (
    <li className={styles.mine}>
      <Avatar name={asker?.name ?? '?'} />
      <div className={styles.words}>
        <Link to={`/r/${request.id}`} className={styles.title}>{title(request)}</Link>
        <span className={styles.quiet}>{awaitedLine(awaited(request, replica, me), now)}</span>
      </div>
      {request.care.hand_over ? (
        <div className={styles.done}>
          <span>{words.offered(offered ? firstName(offered.name) : (replica.desks.get(request.care.hand_over.desk)?.name ?? ''))}</span>
          <Button small onPress={() => attempt(commands.takeBackHandOver({ request: request.id }))}>{words.keep}</Button>
        </div>
      ) : to === undefined ? (
        people.length > 0 && <p className={styles.quiet}>{words.onlyAsker}</p>
      ) : (
        <div className={styles.fields}>
          <TextField label={words.noteOf(title(request))} quietLabel placeholder={words.note} value={note} onChange={onNote} maxLength={300} />
          <Select label={words.to(title(request))} quietLabel small value={to} onChange={onTo} choices={may.map(({ id, name }) => ({ id, name: firstName(name), icon: <Avatar name={name} size="s" /> }))} />
        </div>
      )}
      {problem && (
        <p className={styles.problem} role="alert">
          <CircleAlert aria-hidden="true" /> {words.failed}{problem}
        </p>
      )}
    </li>
  )
}
