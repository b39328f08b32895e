/**
 * The question: one line and Enter. Everything else is filled in and can be taken away. While one types, what was
 * asked or answered before appears below: neither the caret nor a button moves under the hand. Shared by the overlay
 * and the main window.
 */

import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { Camera, CircleCheck, CircleDashed, ImagePlus, Lock, Ticket as TicketIcon, Video } from 'lucide-react'
import { attempt, tellProblem } from '../../app/attempt'
import { useKeys } from '../../app/keys'
import { go } from '../../app/router'
import { Button, Chip, EmptyState, IconButton, Kbd, Note, Select } from '../../kit'
import type { Guess, Host } from '../../host/host'
import type { Desk, DeskId, Hit, MessageId, PersonId, RequestId, Urgency } from '../../protocol/wire'
import { useMe, useNow, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { clock, firstName, text } from '../../text'
import { standing } from '../../text/place'
import { FileChip } from '../composer/Composer'
import { apart, maskKey, MaskLine, Outlines, useMask } from '../composer/MaskLine'
import masks from '../composer/Mask.module.css'
import { Cannot } from '../composer/Cannot'
import { empty as emptyParcel, send, takeBack } from '../composer/parcels'
import { PictureNote, usePictures } from '../composer/pictures'
import { useShot } from '../composer/shot'
import { goesThroughVetters, isOpen } from '../care/rights'
import { helpsAt } from '../inbox/groups'
import type { About } from '../mention/audience'
import { listAttributes, MentionList } from '../mention/MentionList'
import { Meter } from '../mention/Meter'
import { labels } from '../mention/names'
import { useMentions } from '../mention/useMentions'
import { clipForAsk, useRecord } from '../recorder/open'
import { Review } from '../review/Review'
import { BeforeAsking } from './BeforeAsking'
import { Details } from './Details'
import { givenInDraft, keepGiven } from './given'
import { isOpenNow } from './hours'
import { clipOfDraft, forgetClip, keepUrgency, urgencyOfDraft } from './kept'
import { mayAsk, notHere, type Instead } from './posting'
import { useQuestionPlace } from './questionPlace'
import { Suggestion } from './Suggestion'
import { WhoHelps } from './WhoHelps'
import styles from './AskPanel.module.css'

const URGENCIES: Urgency[] = ['live', 'today', 'whenever']
const DRAFT = 'ask'
/** The server's time, as far as it is known here: what is kept a while is judged by it. */
const askedAt = ({ skew }: Pick<Host, 'skew'>) => Date.now() + skew.get()

export interface AskPanelProps {
  /** It may come while one types already. */
  guess?: Guess | undefined
  words?: string | undefined
  urgency?: Urgency | undefined
  desk?: DeskId | undefined
  /** An address that stands under the words, and where the words begin before it. */
  link?: string | undefined
  privateWith?: PersonId | undefined
  /** This window has the board on which a chosen picture is marked. */
  canMark?: boolean
  /** Called when it was asked, or nothing needs to be asked any more. */
  onDone: (asked: RequestId | undefined) => void
  onHide: () => void
}

export function AskPanel(props: AskPanelProps) {
  const { host, replica, commands } = useWorld()
  const me = useMe()
  const now = useNow(60_000)
  const { shoot, why: whyNoShot } = useShot()
  const { record, why } = useRecord()
  const status = useReplica(useCallback((replica: Replica) => replica.people.get(me)?.status, [me]))
  const desks = useReplica((replica) => [...replica.desks.values()].filter((desk) => !desk.closed))
  const [words, setWords] = useState(() => withLink(props.words || host.drafts.get(DRAFT), props.link))
  const [fromDraft] = useState(() => !props.words && host.drafts.get(DRAFT) !== '')
  const [unwanted, setUnwanted] = useState(false)
  const ticket = unwanted ? undefined : props.guess
  const [deskId, setDesk] = useState<DeskId | undefined>(props.desk)
  const [urgency, setUrgency] = useState<Urgency>(() => props.urgency ?? (fromDraft ? urgencyOfDraft(host) : undefined) ?? (status === 'on_call' ? 'live' : 'today'))
  const [secret, setSecret] = useState<PersonId | undefined>(props.privateWith)
  const [clipOfApp, setClip] = useState(() => clipOfDraft(host))
  const clipId = useReadable(clipForAsk) ?? clipOfApp
  const clip = useReplica(useCallback((replica: Replica) => (clipId ? replica.clips.get(clipId) : undefined), [clipId]))
  const held = useReadable(host.review.held).find((one) => one.clip === clipId)
  const [watched, setWatched] = useState(false)
  const review = useRef<HTMLDivElement>(null)
  const [asksToWatch, setAsksToWatch] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const [given, setGiven] = useState(() => givenInDraft(host))
  const [missing, setMissing] = useState<string | undefined>()
  const [scrolled, setScrolled] = useState(0)
  const fields = useRef(new Map<string, HTMLInputElement>())
  const [cannot, setCannot] = useState('')
  const [hits, setHits] = useState<Hit[]>([])
  const [lit, setLit] = useState(-1)
  const [opened, setOpened] = useState<Hit | undefined>()
  const area = useRef<HTMLTextAreaElement>(null)
  const reasonField = useRef<HTMLInputElement>(null)
  const list = useId()
  const [tried, setTried] = useState(false)
  /** Asked, and not sent yet because a picture is being looked at. */
  const asked = useRef<RequestId>(undefined)
  const pictures = usePictures('ask', () => {
    setWords(host.drafts.get(DRAFT))
    setGiven(givenInDraft(host))
    if (asked.current) props.onDone(asked.current)
  })
  const { chosen, pending, problem } = pictures

  const takes = (one: Desk) => mayAsk(one, replica.people.get(me)?.role ?? 'agent', replica.org?.zone ?? 'UTC', now)
  const desk = desks.find((one) => one.id === deskId) ?? desks.find((one) => takes(one) && isOpenNow(one, replica.org?.zone ?? 'UTC', now)) ?? desks.find(takes) ?? desks[0]
  const elsewhere = desk && !secret ? notHere(replica, desk, me, now) : undefined
  const wanted = desk?.service.fields ?? []
  /** What was written; the link under it says nothing by itself. */
  const said = (props.link ? words.replace(props.link, '') : words).trim()
  const mask = useMask(words)
  const maskOfDetails = useMask(apart(wanted.map((name) => given[name] ?? '')), { ibansMayStay: false })
  const helpers = useReplica(useCallback((replica: Replica) => (desk ? [...replica.here.values()].filter((here) => here.connected && here.person !== me && helpsAt(desk, here.person)).length : 0), [desk, me]))

  /** Its desk wants the clip watched before a byte of it leaves. */
  const toWatch = held !== undefined && desk?.review_before_upload === true

  const place = useQuestionPlace(secret ? undefined : desk?.id, urgency)

  // Where one stopped is where one goes on.
  const [begin] = useState(() => (props.link ? words.indexOf(`\n${props.link}`) : words.length))
  useEffect(() => area.current?.setSelectionRange(begin, begin), [begin])

  useEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, 132)}px`
  }, [words])

  // Look-alikes from the third letter on; the newest question wins over slower answers.
  useEffect(() => {
    if (said.length < 3) {
      setHits([])
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(() => {
      host.search(said, stop.signal).then(
        (found) => !stop.signal.aborted && setHits(found.hits.slice(0, 4)),
        // Asking works without suggestions; offline there are none.
        () => !stop.signal.aborted && setHits([]),
      )
    }, 120)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [host, said])

  useEffect(() => {
    setCannot('')
    // A picture that came back from the marking window: the words go on.
    if (chosen.length > 0) area.current?.focus()
  }, [chosen.length])

  const write = (next: string) => {
    takeBack('ask')
    setWords(next)
    setLit(-1)
    host.drafts.put(DRAFT, next)
  }
  const about = useMemo((): About | undefined => desk && { desk: desk.id, asker: me, owner: null, privateWith: secret ? [secret] : null, joined: [], handOver: null, toVet: goesThroughVetters(desk, me) }, [desk, me, secret])
  const mentions = useMentions({ draft: DRAFT, words, write, area, about })
  useEffect(() => setTried(false), [words, secret, deskId])
  const askElsewhere = (instead: Instead) => {
    if ('desk' in instead) changeDesk(instead.desk.id)
    else setSecret(instead.person.id)
    area.current?.focus()
  }
  /** Wherever the keyboard is, one key leads to where it is taken: before a list of choices hears it. */
  const leadOn = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !elsewhere?.instead) return
    event.preventDefault()
    event.stopPropagation()
    askElsewhere(elsewhere.instead)
  }
  /** The question goes to the desk, and whoever was meant alone is still told. */
  const askWholeDesk = () => {
    const label = secret && labels(replica.people.values()).get(secret)
    setSecret(undefined)
    if (label && !mentions.named.some(({ mention }) => mention.kind === 'person' && mention.person === secret)) write(`@${label} ${words}`)
    area.current?.focus()
  }
  const changeDesk = (next: DeskId) => {
    takeBack('ask')
    setDesk(next)
  }
  const changeUrgency = (next: Urgency) => {
    takeBack('ask')
    setUrgency(next)
    keepUrgency(host, next)
  }
  const give = (name: string, value: string) => {
    takeBack('ask')
    const next = { ...given, [name]: value }
    setGiven(next)
    setMissing(undefined)
    keepGiven(host, next)
  }
  const ask = () => {
    if (!desk || said === '') {
      area.current?.focus()
      return
    }
    if (elsewhere) {
      setTried(true)
      return
    }
    const details = wanted.map((name) => ({ name, value: maskOfDetails.of(given[name] ?? '') }))
    const unfilled = details.find(({ value }) => value === '')
    setMissing(unfilled?.name)
    if (unfilled) {
      fields.current.get(unfilled.name)?.focus()
      return
    }
    if (mentions.stops) {
      setTried(true)
      if (mentions.stops === 'reason') reasonField.current?.focus()
      return
    }
    if (toWatch && !watched) {
      setAsksToWatch(true)
      review.current?.querySelector<HTMLElement>('button')?.focus()
      return
    }
    if (leaving) return
    if (!held) {
      askNow(desk.id, details)
      return
    }
    // The clip first: the question names it.
    setLeaving(true)
    void host.review.send(held.clip, watched).then(() => askNow(desk.id, details), tellProblem).finally(() => setLeaving(false))
  }

  const askNow = (desk: DeskId, details: { name: string; value: string }[]) => {
    const request = host.id<RequestId>()
    const args = {
      request, message: host.id<MessageId>(), desk, text: mask.of(words), readable_ibans: mask.readable, mentions: mentions.sent, urgency, ticket: ticket?.ticket ?? null, private_with: secret ? [secret] : null,
      clip: clipId ?? null, details, asked_at: askedAt(host),
    }
    asked.current = pending ? request : undefined
    send('ask', (chosen) => {
      attempt(commands.ask({ ...args, attachments: chosen.map(({ about }) => about) }))
      for (const { file, about } of chosen) host.upload(about.id, file).catch(tellProblem)
      forget()
    })
    if (!pending) props.onDone(request)
  }

  const forget = () => {
    host.drafts.put(DRAFT, '')
    keepGiven(host, {})
    mentions.forget()
    keepUrgency(host, undefined)
    if (clipOfApp) forgetClip(host)
    clipForAsk.set(undefined)
  }
  const empty = () => {
    forget()
    emptyParcel('ask')
  }
  /** The same question waits already: one thread, and its answer reaches both. */
  const join = (request: RequestId) => {
    attempt(commands.joinRequest({ request }))
    empty()
    props.onDone(request)
  }
  const solved = () => {
    empty()
    props.onDone(undefined)
  }

  const dropClip = () => {
    if (held) attempt(host.review.discard(held.clip))
    else if (clipId) attempt(commands.discardClip({ clip: clipId }))
    if (clipOfApp) forgetClip(host)
    setClip(undefined)
    clipForAsk.set(undefined)
  }

  const back = () => {
    setOpened(undefined)
    area.current?.focus()
  }
  const leave = () => {
    if (opened) return back()
    if (said === '' && !clipId) keepUrgency(host, undefined)
    props.onHide()
  }

  // The overlay has nothing around it that would hear Esc once a click has left the field.
  useKeys(text.ask.title, [{ keys: 'Esc', name: text.ask.esc, act: leave }], !props.canMark)

  if (!desk) return <EmptyState title={text.ask.noDesk}>{text.ask.noDeskHint}</EmptyState>
  return (
    <section
      className={styles.panel}
      aria-label={text.ask.title}
      onKeyDown={maskKey(mask, maskOfDetails)}
      onKeyDownCapture={leadOn}
      {...pictures.dropping}
    >
      <div className={masks.over}>
        <Outlines words={words} finds={mask.finds} named={mentions.named} className={styles.area} scrolled={scrolled} />
        <textarea
          ref={(element) => {
            area.current = element
          }}
          // The panel opens because somebody wants to type.
          autoFocus
          className={styles.area}
          rows={1}
          value={words}
          placeholder={text.ask.placeholder}
          aria-label={text.ask.label}
          aria-describedby="ask-foot"
          {...listAttributes(mentions, list)}
          onSelect={mentions.onCaret}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
          onChange={(event) => write(event.target.value)}
          onPaste={pictures.onPaste}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || mentions.onKey(event)) return
            const mod = event.ctrlKey || event.metaKey
            const digit = URGENCIES[Number(event.key) - 1]
            if (event.key === 'Enter' && !event.shiftKey) ask()
            else if (event.key === 'Escape') leave()
            else if (mod && digit) changeUrgency(digit)
            else if (mod && event.key.toLowerCase() === 'd') document.querySelector<HTMLElement>('[data-ask-desk] button')?.focus()
            else if (event.key === 'Backspace' && words === '' && ticket) setUnwanted(true)
            else if (event.key === 'ArrowDown' && hits.length > 0 && !event.shiftKey) setLit(Math.min(hits.length - 1, lit + 1))
            else if (event.key === 'ArrowUp' && lit >= 0 && !event.shiftKey) setLit(lit - 1)
            else if (event.key === 'Tab' && !event.shiftKey && lit >= 0) setOpened(hits[lit])
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
        />
      </div>
      <Details desk={desk} given={given} onGive={give} missing={missing} fields={fields} onAsk={ask} onLeave={leave} />
      <div className={styles.chips}>
        {ticket && (
          <Chip tone={ticket.guessed ? 'guess' : 'plain'} icon={<TicketIcon />} onRemove={() => setUnwanted(true)} removeLabel={text.ask.ticketRemove(ticket.ticket.label)}>
            {ticket.ticket.label}
          </Chip>
        )}
        {secret ? (
          <Chip icon={<Lock />} onRemove={() => setSecret(undefined)} removeLabel={text.ask.wholeDesk}>
            {text.ask.privateWith(firstName(replica.people.get(secret)?.name ?? ''))}
          </Chip>
        ) : null}
        {clipId && (
          <Chip tone="accent" icon={<Video />} onRemove={dropClip} removeLabel={text.page.withoutClip}>
            {held ? text.ask.clipOf(clock(held.ms)) : clip && clip.duration_ms > 0 ? text.ask.clipOf(clock(clip.duration_ms)) : text.ask.clip}
          </Chip>
        )}
        <span data-ask-desk>
          <Select label={text.ask.desk} quietLabel small value={desk.id} onChange={changeDesk} choices={desks.map((one) => ({ id: one.id, name: one.name, hint: one.purpose }))} />
        </span>
        <span data-live={urgency === 'live' || undefined} className={styles.urgency}>
          <Select label={text.ask.urgency} quietLabel small value={urgency} onChange={changeUrgency} choices={URGENCIES.map((one) => ({ id: one, name: text.urgency[one], hint: text.urgencyHint[one] }))} />
        </span>
        <span className={styles.grow} />
        {pictures.input}
        <IconButton
          label={shoot ? text.ask.shot : text.capabilities.cannot(text.ask.shot, whyNoShot)}
          small
          cannot={!shoot}
          onPress={() => (shoot ? shoot({}) : setCannot(whyNoShot))}
        >
          <Camera />
        </IconButton>
        <IconButton label={text.ask.picture} small onPress={pictures.choose}>
          <ImagePlus />
        </IconButton>
        {!clipId && (
          <IconButton
            label={record ? text.ask.clip : text.capabilities.cannot(text.ask.clip, why)}
            small
            cannot={!record}
            onPress={() => (record ? (keepUrgency(host, urgency), record(undefined), props.onHide()) : setCannot(why))}
          >
            <Video />
          </IconButton>
        )}
      </div>
      {toWatch && (
        <div ref={review}>
          <Review held={held} onWatched={setWatched} />
        </div>
      )}
      <BeforeAsking desk={desk} secret={secret} onWholeDesk={askWholeDesk} elsewhere={elsewhere} tried={tried} onElsewhere={askElsewhere} />
      <MaskLine mask={mask} />
      <Meter mentions={mentions} tried={tried} reason={reasonField} open={secret && { name: text.ask.wholeDesk, act: askWholeDesk }} onSend={ask} onLeave={() => area.current?.focus()} />
      <MaskLine mask={maskOfDetails} />
      <PictureNote chosen={chosen} pending={pending} waits={pictures.leaving} />
      {asksToWatch && toWatch && !watched && <Note tone="danger" role="alert">{text.review.first}</Note>}
      {problem && <Note tone="danger" role="alert">{problem}</Note>}
      {cannot && <Cannot words={cannot} />}
      {chosen.length > 0 && (
        <ul className={styles.files}>
          {chosen.map((one) => (
            <FileChip key={one.about.id} one={one} onRemove={() => pictures.remove(one)} {...(props.canMark && { onMark: () => pictures.mark(one) })} />
          ))}
        </ul>
      )}
      <footer className={styles.foot} id="ask-foot">
        <span>
          {fromDraft && `${text.ask.draft} `}
          {elsewhere ? '' : place ? standing(place, now, false) : isOpenNow(desk, replica.org?.zone ?? 'UTC', now) ? text.ask.onDuty(helpers) : text.ask.closedHours(desk.name)}
        </span>
        <span className={styles.grow} />
        <Button small tone="primary" keys="Enter" isDisabled={said === '' || leaving} onPress={ask}>
          {text.ask.title}
        </Button>
      </footer>
      <MentionList mentions={mentions} id={list} />
      {mentions.offers.length > 0 ? null : opened ? (
        <Suggestion hit={opened} onSolved={solved} onJoin={() => join(opened.request)} onBack={back} onOpen={() => (host.desktop ? host.desktop.showMain(`/r/${opened.request}`) : go(`/r/${opened.request}`), props.onHide())} />
      ) : (
        hits.length > 0 && (
          <ul className={styles.hits} aria-label={text.ask.lookAlikes}>
            {hits.map((hit, i) => (
              <li key={`${hit.request}${hit.message}`}>
                <button type="button" className={styles.hit} data-lit={i === lit || undefined} onClick={() => setOpened(hit)}>
                  {hit.solved ? <CircleCheck aria-hidden="true" /> : <CircleDashed aria-hidden="true" />}
                  <span className={styles.snippet}>
                    <Marked hit={hit} />
                  </span>
                  <span className={styles.hitState}>{stateOf(hit, replica, me)}</span>
                  {i === lit && <Kbd keys="Tab" />}
                </button>
              </li>
            ))}
          </ul>
        )
      )}
      {!opened && mentions.offers.length === 0 && <WhoHelps words={words} />}
    </section>
  )
}

function withLink(words: string, link: string | undefined): string {
  return link && !words.includes(`\n${link}`) ? `${words}\n${link}` : words
}

/** Answered, or who waits for it: whoever knows them may rather ask across the table. */
function stateOf({ solved, request }: Hit, replica: Replica, me: PersonId): string {
  if (solved) return text.ask.answeredOne
  const row = replica.requests.get(request)
  const name = firstName((row && replica.people.get(row.asker)?.name) ?? '')
  if (!row || !isOpen(row) || name === '') return text.ask.waitingOne
  return row.asker === me || row.care.joined.includes(me) ? text.ask.youWaitOn : text.ask.waitingOn(name)
}

/** The snippet with the places that matched. */
export function Marked({ hit }: { hit: Pick<Hit, 'snippet' | 'marks'> }) {
  const parts: React.ReactNode[] = []
  let at = 0
  for (const [from, to] of hit.marks) {
    parts.push(hit.snippet.slice(at, from), <mark key={from}>{hit.snippet.slice(from, to)}</mark>)
    at = to
  }
  parts.push(hit.snippet.slice(at))
  return <>{parts}</>
}
