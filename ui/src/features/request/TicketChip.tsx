/** The customer's ticket: its chip opens everything that was asked about it, at any desk, and leads to the ticket itself. */

import { useEffect, useMemo, useState } from 'react'
import { SquareArrowOutUpRight } from 'lucide-react'
import { Link } from '../../app/router'
import { Button, Chip, Dialog } from '../../kit'
import type { Request, RequestId, Ticket } from '../../protocol/wire'
import { useHost, useMe, useNow, useReadable, useReplica, useWorld } from '../../replica/hooks'
import { firstName, text, when } from '../../text'
import { StateIcon } from '../inbox/Row'
import { awaited, title } from './awaited'
import styles from './Ticket.module.css'

const words = text.ticket

export function TicketChip({ request, ticket }: { request: RequestId; ticket: Ticket }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={styles.chip} aria-label={words.show(ticket.label)} onClick={() => setOpen(true)}>
        <Chip>{ticket.label}</Chip>
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={words.title(ticket.label)} width="middle">
        <About request={request} ticket={ticket} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function About({ request, ticket, onClose }: { request: RequestId; ticket: Ticket; onClose: () => void }) {
  const host = useHost()
  const { replica } = useWorld()
  const isOnline = useReadable(host.connection).kind === 'online'
  const [older, setOlder] = useState<readonly Request[] | 'failed' | undefined>()
  const [round, setRound] = useState(0)
  const version = useReplica((replica) => replica.requestsVersion)
  useEffect(() => {
    if (!isOnline) return
    let here = true
    host.askedAbout(ticket.label).then(
      (found) => here && setOlder(found),
      () => here && setOlder('failed'),
    )
    return () => {
      here = false
    }
    // A new round asks the same again.
  }, [host, isOnline, ticket.label, round])
  // What is here is newer than what was fetched.
  const all = useMemo(() => {
    const found = new Map((Array.isArray(older) ? older : []).map((one) => [one.id, one]))
    for (const one of replica.requests.values()) if (one.ticket?.label === ticket.label) found.set(one.id, one)
    return [...found.values()].sort((a, b) => b.asked_at - a.asked_at)
    // oxlint-disable-next-line react/exhaustive-deps
  }, [older, replica, ticket.label, version])
  return (
    <div className={styles.about}>
      {ticket.url && (
        <div>
          <Button autoFocus icon={<SquareArrowOutUpRight />} onPress={() => host.open(ticket.url)}>{words.open(ticket.label)}</Button>
        </div>
      )}
      <ul className={styles.list}>
        {all.map((one) => (
          <Line key={one.id} request={one} isThis={one.id === request} onClose={onClose} />
        ))}
      </ul>
      <p className={styles.quiet} role="status">
        {!isOnline ? words.offline : older === 'failed' ? (
          <>
            {words.failed} <Button small onPress={() => (setOlder(undefined), setRound(round + 1))}>{text.common.retry}</Button>
          </>
        ) : older === undefined ? words.searching : all.length < 2 ? words.only : ''}
      </p>
    </div>
  )
}

function Line({ request, isThis, onClose }: { request: Request; isThis: boolean; onClose: () => void }) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow(60_000)
  const asker = request.asker === me ? text.common.youFirst : firstName(replica.people.get(request.asker)?.name ?? text.common.someone)
  return (
    <li>
      <Link to={`/r/${request.id}`} className={styles.line} aria-current={isThis || undefined} onClick={onClose}>
        <StateIcon request={request} />
        <span className={styles.words}>
          <span className={styles.title}>{title(request)}</span>
          <span className={styles.quiet}>
            {asker}, {text.request.asked(when(request.asked_at, now), replica.desks.get(request.desk)?.name ?? '')} · {isThis ? words.here : awaited(request, replica, me).words}
          </span>
        </span>
      </Link>
    </li>
  )
}
