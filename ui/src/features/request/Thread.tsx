/** The thread: words, pictures, clips and what happened, oldest first, with what is still on its way at the end. */

import { useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import { AtSign, Bell, CircleCheck, Ellipsis, Hand, MessageCircleQuestion, Phone, PhoneMissed, Trash2, Undo2, Video, Zap, Heart, Unlock, CircleSlash } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Avatar, Button, IconButton, Menu } from '../../kit'
import type { Waiting } from '../../host/host'
import type { CareStep, ClipId, DeskId, Event, Message, MessageId, PersonId, Request, RequestId } from '../../protocol/wire'
import { useCommands, useHost, useMe, useNow, usePerson, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { clock, explain, firstName, fullWhen, length, list, text, when } from '../../text'
import { ClipPlayer } from '../clip/ClipPlayer'
import { jumpTo } from '../clip/jump'
import { Review } from '../review/Review'
import { openAsk } from '../ask/open'
import { aboutOf } from '../care/instead'
import { LATE, NotDelivered } from '../care/NotDelivered'
import { title } from './awaited'
import { Pictures } from './Pictures'
import { askAnew } from './reopen'
import { Words } from './Words'
import styles from './Thread.module.css'

export function Thread({ id }: { id: RequestId }) {
  const messages = useReplica(useCallback((replica: Replica) => replica.thread(id), [id]))
  const { outbox: sending, review } = useHost()
  const outbox = useReadable(sending)
  const held = useReadable(review.held).filter((one) => one.request === id)
  const waiting = outbox.filter((one): one is WaitingWords => isWordsFor(one, id) && !messages.includes(one.command.args.message))
  const me = useMe()
  const growing = useReplica(useCallback((replica: Replica) => lettingMeWatch(replica, id, me), [id, me]))
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)

  useLayoutEffect(() => {
    if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [messages.length, waiting.length, growing.length, held.length])

  // Pictures and posters grow the thread after it was shown; its end stays in sight.
  useEffect(() => {
    const inner = scroller.current?.firstElementChild
    if (!inner) return
    const observer = new ResizeObserver(() => {
      if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
    })
    observer.observe(inner)
    return () => observer.disconnect()
  }, [])

  return (
    <div
      className={styles.scroller}
      ref={scroller}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={text.request.thread}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
        atEnd.current = scrollHeight - scrollTop - clientHeight < 48
      }}
    >
      <ol className={styles.thread}>
        {messages.map((message, i) => (
          <Entry key={message} id={message} before={messages[i - 1]} />
        ))}
        {growing.map((clip) => (
          <li key={clip} className={styles.entry}>
            <span className={styles.space} />
            <div className={styles.content}>
              <ClipPlayer id={clip} request={id} />
            </div>
          </li>
        ))}
        {held.map((one) => (
          <li key={one.clip} className={styles.entry}>
            <span className={styles.space} />
            <div className={styles.content}>
              <Review held={one} onSend={() => attempt(review.send(one.clip, true))} />
            </div>
          </li>
        ))}
        {waiting.map((one) => (
          <Pending key={one.commandId} waiting={one} />
        ))}
      </ol>
    </div>
  )
}

type WaitingWords = Waiting & { command: Extract<Waiting['command'], { kind: 'say' | 'answer' | 'ask_back' }> }

/** Clips that are being recorded for this thread by somebody who lets me watch; after Stop a message shows them. */
function lettingMeWatch(replica: Replica, request: RequestId, me: PersonId): ClipId[] {
  return [...replica.clips.values()].filter((clip) => clip.request === request && clip.state === 'recording' && clip.watchers.includes(me)).map(({ id }) => id)
}

function isWordsFor(one: Waiting, id: RequestId): one is WaitingWords {
  const { command } = one
  return (command.kind === 'say' || command.kind === 'answer' || command.kind === 'ask_back') && command.args.request === id
}

function Entry({ id, before }: { id: MessageId; before: MessageId | undefined }) {
  const message = useReplica(useCallback((replica: Replica) => replica.messages.get(id), [id]))
  const previous = useReplica(useCallback((replica: Replica) => (before ? replica.messages.get(before) : undefined), [before]))
  if (!message) return null
  if (message.kind.kind === 'event') return <Happened message={message} event={message.kind.event} />
  const joined = previous && previous.kind.kind !== 'event' && previous.author === message.author && message.at - previous.at < 180_000 && message.kind.kind === previous.kind.kind
  return <Said message={message} joined={joined === true} />
}

function Said({ message, joined }: { message: Message; joined: boolean }) {
  const me = useMe()
  const now = useNow(60_000)
  const author = usePerson(message.author)
  const commands = useCommands()
  const name = author?.name ?? text.common.deskside
  return (
    <li className={styles.entry} data-joined={joined || undefined} data-kind={message.kind.kind}>
      {joined ? <span className={styles.space} /> : <Avatar name={name} size="m" dim={!author?.active && author !== undefined} />}
      <div className={styles.content}>
        {!joined && (
          <div className={styles.byline}>
            <span className={styles.author}>{message.author === me ? text.common.youFirst : name}</span>
            <time className={styles.at} title={fullWhen(message.at)}>
              {when(message.at, now)}
            </time>
            {message.kind.kind === 'answered' && (
              <span className={styles.kind}>
                <CircleCheck aria-hidden="true" /> {text.state.answered}
              </span>
            )}
          </div>
        )}
        {message.deleted ? (
          <p className={styles.deleted}>{text.request.deleted(firstName(name))}</p>
        ) : (
          <>
            {(message.text || message.moment) && (
              <p className={styles.text}>
                {message.moment && <MomentLink message={message} />}
                <Words text={message.text} mentions={message.mentions} />
              </p>
            )}
            {message.mentions.reason && (
              <p className={styles.told}>
                <AtSign aria-hidden="true" /> {text.mention.toldBecause(message.mentions.told, message.mentions.reason)}
              </p>
            )}
            {message.attachments.length > 0 && <Pictures ids={message.attachments} />}
            {message.clip && <ClipPlayer id={message.clip} request={message.request} />}
          </>
        )}
      </div>
      {message.author === me && !message.deleted && (
        <span className={styles.tools}>
          <Menu
            label={text.common.more}
            actions={[{ id: 'delete', name: text.request.deleteMessage, hint: text.request.deletedHint, icon: <Trash2 />, danger: true, act: () => attempt(commands.deleteMessage({ message: message.id })) }]}
          >
            <IconButton label={text.common.more} small>
              <Ellipsis />
            </IconButton>
          </Menu>
        </span>
      )}
    </li>
  )
}

function MomentLink({ message }: { message: Message }) {
  const { moment } = message
  if (!moment) return null
  const time = clock(moment.at_ms)
  return (
    <button type="button" className={styles.moment} aria-label={text.clip.jump(time)} onClick={() => jumpTo(moment)}>
      {time}
    </button>
  )
}

function Pending({ waiting }: { waiting: WaitingWords }) {
  const host = useHost()
  const now = useNow(1000)
  const { replica } = useWorld()
  const { args } = waiting.command
  const { state, problem, commandId } = waiting
  const late = now - waiting.since > LATE && (state === 'kept' || state === 'sending')
  const request = replica.requests.get(args.request)
  const forget = !waiting.maybeSent && (
    <Button small tone="quiet" onPress={() => host.forget(commandId)}>
      {text.sending.forget}
    </Button>
  )
  return (
    <li className={styles.entry} data-pending>
      <span className={styles.space} />
      <div className={styles.content}>
        <p className={styles.text}>
          <Words text={args.text} mentions={args.mentions} />
        </p>
        <p className={styles.state} role="status">
          {text.sending[state]}
          {problem && `: ${explain(problem)}`}
          {state === 'refused' && (
            <>
              {problem?.code === 'too_late_to_reopen' && request && (
                <Button small onPress={() => openAsk(askAnew(request, host.link(`/r/${request.id}`), args.text))}>
                  {text.request.askNew}
                </Button>
              )}
              <Button small tone="quiet" onPress={() => void navigator.clipboard.writeText(args.text)}>
                {text.sending.copyText}
              </Button>
              {forget}
            </>
          )}
        </p>
        {late && (
          <NotDelivered words={args.text} about={request && aboutOf(request)}>
            {forget}
          </NotDelivered>
        )}
      </div>
    </li>
  )
}

function Happened({ message, event }: { message: Message; event: Event }) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow(60_000)
  const name = (id: PersonId | null) => (id === me ? text.common.youFirst : id ? firstName(replica.people.get(id)?.name ?? text.common.someone) : text.common.deskside)
  // What came out of a call stands on the call, because either side may still add it after the end.
  const call = event.what === 'call' && event.step.step === 'ended' ? event.call : undefined
  const ended = useReplica(useCallback((replica: Replica) => (call ? replica.calls.get(call) : undefined), [call]))
  const more = ended?.outcome || message.text
  return (
    <li className={styles.event}>
      <span className={styles.eventIcon}>{eventIcon(event)}</span>
      <span>
        {event.what === 'care' ? careWords(event.step, name(message.author), { name, desk: (id) => replica.desks.get(id)?.name ?? text.common.someone, request: (id) => replica.requests.get(id) }) : eventWords(event, name(message.author), name, ended?.joined)}
        {more && <>: {more}</>}
      </span>
      <time className={styles.at}>{when(message.at, now)}</time>
    </li>
  )
}

/** `talked`: who was in a call that is over, as far as the call is known here. */
export function eventWords(event: Exclude<Event, { what: 'care' }>, author: string, name: (id: PersonId | null) => string, talked: readonly PersonId[] = []): string {
  if (event.what === 'urgency_now') return text.events.urgency_now(author, text.urgency[event.urgency])
  if (event.what !== 'call') return text.events[event.what](author)
  const { step } = event
  switch (step.step) {
    case 'rang':
    case 'asked_to_call':
      return text.events[step.step](author, lower(name(step.person)))
    case 'passed_on':
      return text.events.passed_on(lower(name(step.person)))
    case 'declined':
      return text.events.declined(author, step.reason.kind === 'said' ? step.reason.text : text.call[step.reason.kind === 'on_call' ? 'onCall' : 'notMine'].toLowerCase())
    case 'missed':
      return author === text.common.deskside ? text.events.missedNobody : text.events.missed(author)
    case 'ended':
      return step.seconds > 0 || talked.length > 1 ? text.events.ended(length(step.seconds * 1000), list(talked.map(name))) : text.events.endedEmpty
    default:
      return text.events[step.step](author)
  }
}

interface Names { name(id: PersonId | null): string; desk(id: DeskId): string; request(id: RequestId): Request | undefined }

function careWords(step: CareStep, author: string, { name, desk, request }: Names): string {
  const other = (id: RequestId) => {
    const row = request(id)
    return row ? `"${title(row)}"` : text.block.hidden
  }
  switch (step.step) {
    case 'alarm': return text.care.alarm[step.alarm]
    case 'planned':
    case 'waits_for_other': return text.care[step.step](author, fullWhen(step.until))
    case 'callback_promised': return text.care.callback_promised(author, fullWhen(step.at))
    case 'callback_late': return text.care.callback_late(lower(name(step.person)))
    case 'offered': return text.care.offered(author, step.person ? lower(name(step.person)) : desk(step.desk))
    case 'taken_over': return text.care.taken_over(author, lower(name(step.from)), desk(step.desk))
    case 'not_solved': return text.care.not_solved(author, lower(name(step.caller)))
    case 'missed': return text.care.missed[step.promise]
    case 'blocked_by':
    case 'block_taken_back': return text.care[step.step](author, other(step.request))
    case 'block_over': {
      const state = request(step.request)?.state
      return capital(text.care.block_over[state === 'solved' || state === 'withdrawn' ? state : 'over'](other(step.request)))
    }
    case 'update_late':
    case 'update_late_at_desk':
    case 'follow_up_late':
    case 'asker_reminded':
    case 'solved_by_silence': return text.care[step.step]
    default: return text.care[step.step](author)
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function lower(name: string): string {
  return name === text.common.youFirst ? text.common.you : name
}

function eventIcon(event: Event) {
  switch (event.what) {
    case 'taken': return <Hand aria-hidden="true" />
    case 'given_back': return <Undo2 aria-hidden="true" />
    case 'clip_wanted': return <Video aria-hidden="true" />
    case 'urgency_now': return <Zap aria-hidden="true" />
    case 'opened_to_desk': return <Unlock aria-hidden="true" />
    case 'solved': return <CircleCheck aria-hidden="true" />
    case 'reopened': return <MessageCircleQuestion aria-hidden="true" />
    case 'withdrawn': return <CircleSlash aria-hidden="true" />
    case 'thanked': return <Heart aria-hidden="true" />
    case 'care': return event.step.step === 'alarm' || event.step.step === 'callback_late' ? <Bell aria-hidden="true" /> : <Hand aria-hidden="true" />
    case 'call': return event.step.step === 'missed' || event.step.step === 'declined' ? <PhoneMissed aria-hidden="true" /> : <Phone aria-hidden="true" />
  }
}
