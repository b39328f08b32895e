/**
 * A call that rings this person: face, name, what it is about, how long the customer has waited. Keys work only while
 * the card has the focus, so a ring never swallows what somebody types.
 */

import { useCallback, useRef, useState } from 'react'
import { Clock, Phone, PhoneForwarded, PhoneOff } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { go } from '../../app/router'
import { Avatar, Button, Chip, Menu } from '../../kit'
import type { CallId, DeclineReason } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { clock, firstName, text } from '../../text'
import { maskKey, MaskLine, useMask } from '../composer/MaskLine'
import { title } from '../request/awaited'
import styles from './RingCard.module.css'

/** Calls that ring `me`, oldest first. */
export function useRings(): readonly CallId[] {
  const me = useReplica((replica) => replica.me)
  return useReplica(
    useCallback(
      (replica: Replica) =>
        [...replica.calls.values()]
          .filter((call) => call.callee === me && call.state === 'ringing')
          .sort((a, b) => a.rang_at - b.rang_at)
          .map((call) => call.id),
      [me],
    ),
  )
}

export function RingCard({ id, alone, onAccepted }: { id: CallId; alone?: boolean; onAccepted?: (path: string) => void }) {
  const { replica } = useWorld()
  const commands = useCommands()
  const me = useMe()
  const now = useNow(1000)
  const call = useReplica(useCallback((replica: Replica) => replica.calls.get(id), [id]))
  const caller = usePerson(call?.caller)
  const [declining, setDeclining] = useState(false)
  const [reason, setReason] = useState('')
  const mask = useMask(reason, { ibansMayStay: false })
  const card = useRef<HTMLDivElement>(null)
  if (!call) return null
  const request = call.request ? replica.requests.get(call.request) : undefined
  const name = firstName(caller?.name ?? '')
  const accept = () => {
    const path = call.request ? `/r/${call.request}` : '/'
    // Before it is sent: the window of a ring that is over closes, with everything that still waits in it.
    if (onAccepted) onAccepted(path)
    else if (call.request) go(path)
    attempt(commands.acceptCall({ call: id }))
  }
  const soon = () => attempt(commands.answerSoon({ call: id }))
  const decline = (why: DeclineReason) => attempt(commands.declineCall({ call: id, reason: why }))
  // Whoever talks with a customer, or whose customer waits, has no hand free for a form.
  const quick = call.silent || replica.people.get(me)?.status === 'on_call'

  return (
    <div
      ref={card}
      className={styles.card}
      data-silent={call.silent || undefined}
      data-alone={alone || undefined}
      role="alertdialog"
      aria-label={call.wants_callback ? text.call.asksYou(name) : text.call.rings(name)}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return
        const key = event.key.toLowerCase()
        const act = { a: accept, '2': soon, d: () => (quick ? decline({ kind: 'on_call' }) : setDeclining(true)) }[key]
        if (!act) return
        event.preventDefault()
        event.stopPropagation()
        act()
      }}
    >
      <div className={styles.top}>
        <Avatar name={caller?.name ?? '?'} size="xl" />
        <div className={styles.who}>
          <strong>{call.wants_callback ? text.call.asksYou(name) : text.call.rings(name)}</strong>
          {request ? <span className={styles.line}>{title(request)}</span> : <span className={styles.line}>{text.call.noRequest}</span>}
          <span className={styles.facts}>
            {request?.urgency === 'live' && <Chip tone="live">{text.call.customerWaits(clock(now - request.asked_at))}</Chip>}
            {request?.ticket && <Chip>{request.ticket.label}</Chip>}
            {call.silent && <span>{text.call.silent}</span>}
          </span>
        </div>
      </div>
      {declining ? (
        <form
          className={styles.reasons}
          onKeyDown={maskKey(mask)}
          onSubmit={(event) => {
            event.preventDefault()
            if (reason.trim()) decline({ kind: 'said', text: mask.masked })
          }}
        >
          <Button small onPress={() => decline({ kind: 'on_call' })}>{text.call.onCall}</Button>
          <Button small onPress={() => decline({ kind: 'not_mine' })}>{text.call.notMine}</Button>
          <input className={styles.said} value={reason} aria-label={text.call.declineWhy} placeholder={text.call.saying} onChange={(event) => setReason(event.target.value)} autoFocus />
          <MaskLine mask={mask} />
        </form>
      ) : (
        <div className={styles.actions}>
          <Button tone="primary" icon={<Phone />} keys="A" onPress={accept}>{text.call.accept}</Button>
          <Button icon={<Clock />} keys="2" onPress={soon}>{text.call.soonButton}</Button>
          <Button icon={<PhoneOff />} keys="D" onPress={() => (quick ? decline({ kind: 'on_call' }) : setDeclining(true))}>{quick ? text.call.onCall : text.call.decline}</Button>
          {call.then.length > 0 && (
            <Menu label={text.call.passOn} actions={call.then.map((other) => ({ id: other, name: firstName(replica.people.get(other)?.name ?? ''), icon: <PhoneForwarded />, act: () => attempt(commands.passOnCall({ call: id, to: other })) }))}>
              <Button tone="quiet" icon={<PhoneForwarded />}>{text.call.passOn}</Button>
            </Menu>
          )}
        </div>
      )}
    </div>
  )
}

/** The rings of this person, in a corner of the page. The desktop app has a window of its own for them, over everything. */
export function Rings() {
  const rings = useRings()
  const { host } = useWorld()
  if (rings.length === 0 || host.desktop) return null
  return (
    <div className={styles.corner}>
      {rings.map((id) => (
        <RingCard key={id} id={id} />
      ))}
    </div>
  )
}

/** The window that lies over everything. */
export function RingWindow() {
  const rings = useRings()
  const { host } = useWorld()
  const [first] = rings
  if (!first) return null
  return <RingCard id={first} alone onAccepted={(path) => host.desktop?.showMain(path)} />
}
