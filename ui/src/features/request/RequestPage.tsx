/** One request: its title and what is awaited, the thread, and where to write. A drawer holds journey, people, pictures. */

import { useCallback, useEffect, useState } from 'react'
import { ArrowLeft, Bookmark, Ellipsis, Inbox as InboxIcon, Lock, PanelRight, PhoneOff, Video } from 'lucide-react'
import { Link, go } from '../../app/router'
import { useKeys } from '../../app/keys'
import { Button, Chip, EmptyState, IconButton, Menu, Note, Select, Skeleton } from '../../kit'
import type { Waiting } from '../../host/host'
import type { RequestId, Urgency } from '../../protocol/wire'
import { useCommands, useHost, useMe, useNow, usePerson, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { ago, explain, firstName, fullWhen, list, text, when } from '../../text'
import { attempt } from '../../app/attempt'
import { CallButton } from '../call/CallButton'
import { callFromRequest } from '../call/actions'
import { SayDialog, type Saying } from '../care/Dialogs'
import { GivenDetails } from '../care/GivenDetails'
import { Owed } from '../care/Owed'
import { isOpen } from '../care/rights'
import { SolvedQuestion } from '../care/SolvedQuestion'
import { LATE, NotDelivered } from '../care/NotDelivered'
import { openAsk } from '../ask/open'
import { Composer } from '../composer/Composer'
import { ReachLine } from '../composer/ReachLine'
import { StateIcon } from '../inbox/Row'
import { useRecord } from '../recorder/open'
import { keepRead } from '../mention/read'
import { Thread } from './Thread'
import { Drawer } from './Drawer'
import { askAnew, isTooLate } from './reopen'
import { awaited, awaitedLine, title } from './awaited'
import { isHelper, menuOf } from './menu'
import { TicketChip } from './TicketChip'
import styles from './RequestPage.module.css'

/** So long one looks at what one reads, in milliseconds. */
const A_LOOK = 1000

const URGENCIES: Urgency[] = ['live', 'today', 'whenever']

export function RequestPage({ id }: { id: RequestId }) {
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(id), [id]))
  const loaded = useReplica((replica) => replica.loaded)
  const waiting = useReadable(useHost().outbox).find((one) => one.command.kind === 'ask' && one.command.args.request === id)
  if (!loaded) return <Skeleton label={text.common.loading} rows={5} />
  if (!request && waiting?.command.kind === 'ask') return <NotSentYet words={waiting.command.args.text} waiting={waiting} />
  if (!request) return <Missing id={id} />
  return <Shown key={id} id={id} />
}

function Shown({ id }: { id: RequestId }) {
  const world = useWorld()
  const { replica, host } = world
  const commands = useCommands()
  const me = useMe()
  const now = useNow(1000)
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(id), [id]))
  const asker = usePerson(request?.asker)
  const desk = useReplica(useCallback((replica: Replica) => request && replica.desks.get(request.desk), [request]))
  const typing = useReplica(useCallback((replica: Replica) => replica.typing.get(id), [id]))
  const [saying, setSaying] = useState<Saying | undefined>()
  const [drawer, setDrawer] = useState(() => window.matchMedia('(min-width: 90rem)').matches)

  // What names one here is read when one leaves: until then nothing moves in the list. Passing by is not reading.
  useEffect(() => {
    let isRead = false
    const timer = setTimeout(() => (isRead = true), A_LOOK)
    return () => {
      clearTimeout(timer)
      if (isRead) keepRead(world, id)
    }
  }, [world, id])

  const mine = request?.asker === me
  const open = request !== undefined && isOpen(request)
  const helper = request !== undefined && isHelper(request, world)
  const canTake = open && helper && request.owner === null
  const tooLate = request !== undefined && isTooLate(request, now)
  const take = () => attempt(commands.take({ request: id }))
  const wantClip = () => attempt(commands.askForClip({ request: id }))
  const solve = () => attempt(commands.solve({ request: id }))

  useKeys(text.keys.request, [
    ...(canTake ? [{ keys: 'T', name: text.keys.take, act: take }] : []),
    { keys: 'R', name: text.keys.write, act: () => document.getElementById('composer')?.focus() },
    ...(open ? [{ keys: 'G', name: text.keys.callKey, act: () => request && callFromRequest(world, request) }] : []),
    ...(open && helper ? [{ keys: 'V', name: text.keys.wantClip, act: wantClip }] : []),
    ...(open && mine ? [{ keys: 'S', name: text.keys.solved, act: solve }] : []),
    ...(open && !request.care.critical ? [{ keys: '!', name: text.critical.action, act: () => setSaying('critical') }] : []),
  ])

  if (!request) return null
  const status = awaited(request, replica, me)
  const setUrgency = (urgency: Urgency) => urgency !== request.urgency && attempt(commands.setUrgency({ request: id, urgency }))

  return (
    <main className={styles.page} aria-label={text.request.label} data-drawer={drawer || undefined}>
      <header className={styles.header}>
        <div className={styles.top}>
          <Link to={location.pathname.startsWith('/solved') ? '/solved' : '/'} className={styles.back} aria-label={text.request.back}>
            <ArrowLeft aria-hidden="true" />
          </Link>
          <h1 className={styles.title}>{title(request)}</h1>
          <div className={styles.actions}>
            {canTake && (
              <Button tone={request.care.to_vet ? 'plain' : 'primary'} keys="T" onPress={take}>
                {text.request.take}
              </Button>
            )}
            {open && <CallButton request={request} />}
            <Menu label={text.common.more} actions={menuOf(request, world, setSaying)}>
              <IconButton label={text.common.more}>
                <Ellipsis />
              </IconButton>
            </Menu>
            <span className={styles.wideOnly}>
              <IconButton label={text.request.details} on={drawer} onPress={() => setDrawer(!drawer)}>
                <PanelRight />
              </IconButton>
            </span>
          </div>
        </div>
        <div className={styles.facts}>
          <span className={styles.awaited} data-yours={status.yours || undefined}>
            <StateIcon request={request} />
            {awaitedLine(status, now)}
          </span>
          {open ? (
            <Select
              label={text.request.urgency}
              quietLabel
              small
              value={request.urgency}
              onChange={setUrgency}
              choices={URGENCIES.map((urgency) => ({ id: urgency, name: text.urgency[urgency], hint: text.urgencyHint[urgency] }))}
            />
          ) : null}
          {request.ticket && <TicketChip request={request.id} ticket={request.ticket} />}
          {request.private_with && (
            <Chip icon={<Lock />}>{text.request.privateWith(list(request.private_with.map((one) => (one === me ? text.common.you : firstName(replica.people.get(one)?.name ?? '')))))}</Chip>
          )}
          <span className={styles.asked}>
            {mine ? text.common.youFirst : asker?.name}, <time title={fullWhen(request.asked_at)}>{text.request.asked(when(request.asked_at, now), desk?.name ?? '')}</time>
          </span>
          {open && mine && request.urgency === 'live' && (
            <Button small icon={<PhoneOff />} onPress={() => setUrgency('today')}>
              {text.request.noLongerLive}
            </Button>
          )}
        </div>
        <Owed request={request} say={setSaying} />
        <GivenDetails request={request} helper={helper && open} />
      </header>
      <div className={styles.middle}>
        <div className={styles.column}>
          <Thread id={id} />
          <footer className={styles.footer}>
            {typing && now - typing.at < 6000 && typing.person !== me && (
              <p className={styles.typing} role="status">
                {text.request.typing(firstName(replica.people.get(typing.person)?.name ?? ''))}
              </p>
            )}
            {mine && request.clip_wanted_by && open && <ClipWanted id={id} by={request.clip_wanted_by} />}
            {mine && request.care.asks_solved && <SolvedQuestion request={request} />}
            {mine && request.state === 'answered' && !request.care.asks_solved && (
              <Note icon={<Bookmark />} action={
                <span className={styles.answers}>
                  <Button small tone="primary" keys="S" onPress={solve}>{text.request.solved}</Button>
                  <Button small onPress={() => document.getElementById('composer')?.focus()}>{text.request.notYet}</Button>
                </span>
              }>
                {text.request.helped}
              </Note>
            )}
            {mine && request.state === 'solved' && (
              <Note action={
                <span className={styles.answers}>
                  {!request.thanked && <Button small onPress={() => attempt(commands.thank({ request: id }))}>{text.request.thanks}</Button>}
                  {tooLate ? (
                    <Button small onPress={() => openAsk(askAnew(request, host.link(`/r/${id}`)))}>{text.request.askNew}</Button>
                  ) : (
                    <Button small tone="quiet" onPress={() => attempt(commands.reopen({ request: id }))}>{text.request.reopen}</Button>
                  )}
                </span>
              }>
                {tooLate ? text.request.tooLate : request.thanked ? text.request.thanked : text.request.solvedNow}
              </Note>
            )}
            {open && <ReachLine request={request} helper={helper} />}
            {request.state !== 'withdrawn' && request.state !== 'merged' && !(mine && tooLate) && <Composer request={request} helper={helper} onTyping={() => host.typing(id)} />}
          </footer>
        </div>
        {drawer && <Drawer request={request} />}
      </div>
      <SayDialog request={request} saying={saying} onClose={() => setSaying(undefined)} />
    </main>
  )
}

function ClipWanted({ id, by }: { id: RequestId; by: NonNullable<import('../../protocol/wire').Request['clip_wanted_by']> }) {
  const helper = usePerson(by)
  const { record, why } = useRecord()
  return (
    <Note
      icon={<Video />}
      action={record && (
        <Button small tone="primary" onPress={() => record(id)}>
          {text.request.recordNow}
        </Button>
      )}
    >
      {text.request.clipWanted(firstName(helper?.name ?? ''))}
      {record ? '' : `. ${why}`}
    </Note>
  )
}

/** Asked here, and not with the server yet. */
function NotSentYet({ words, waiting }: { words: string; waiting: Waiting }) {
  const host = useHost()
  const now = useNow(1000)
  const { state, commandId, since, command, problem } = waiting
  const late = now - since > LATE && (state === 'kept' || state === 'sending')
  /** The same words once more; the panel says where they are taken. What is being written there already stays. */
  const again = () => {
    if (command.kind !== 'ask') return
    const { desk, ticket } = command.args
    if (host.drafts.get('ask') !== '') return openAsk({ words, desk, ...(ticket && { ticket }) })
    host.drafts.put('ask', words)
    host.forget(commandId)
    openAsk({ desk, ...(ticket && { ticket }) })
    go('/')
  }
  return (
    <main className={styles.page} aria-label={text.request.label}>
      <header className={styles.header}>
        <h1 className={styles.title}>{words}</h1>
        <p className={styles.facts} role="status">
          {state === 'held' ? text.request.still(ago(since, now)) : text.sending[state]}
          {problem && `: ${explain(problem)}`}
        </p>
        {late && <NotDelivered words={words} about={command.kind === 'ask' ? { desk: command.args.desk, privateWith: command.args.private_with } : undefined} />}
        {state === 'refused' && (
          <div className={styles.facts}>
            <Button small tone="primary" onPress={again}>
              {text.sending.again}
            </Button>
            <Button small onPress={() => void navigator.clipboard.writeText(words)}>
              {text.sending.copyText}
            </Button>
            <Button small tone="quiet" onPress={() => (host.forget(commandId), go('/'))}>
              {text.sending.forget}
            </Button>
          </div>
        )}
        {state === 'held' && (
          <div className={styles.facts}>
            <Button small onPress={() => host.release(commandId)}>
              {text.sending.needed}
            </Button>
            <Button small tone="quiet" onPress={() => (host.forget(commandId), go('/'))}>
              {text.sending.notNeeded}
            </Button>
          </div>
        )}
      </header>
    </main>
  )
}

/** Not in the replica: archived long ago (then it is fetched), or not for these eyes. */
function Missing({ id }: { id: RequestId }) {
  const { host, replica } = useWorld()
  const [looked, setLooked] = useState(false)
  useEffect(() => {
    let here = true
    host.read(id).then(
      (entities) => here && (entities.length > 0 ? replica.add(entities) : setLooked(true)),
      () => here && setLooked(true),
    )
    return () => {
      here = false
    }
  }, [host, replica, id])
  if (!looked) return <Skeleton label={text.common.loading} rows={5} />
  return (
    <main className={styles.page} aria-label={text.request.label}>
      <EmptyState icon={<InboxIcon />} title={text.inbox.gone} action={<Button onPress={() => go('/')}>{text.request.back}</Button>}>
        {text.inbox.goneHint}
      </EmptyState>
    </main>
  )
}
