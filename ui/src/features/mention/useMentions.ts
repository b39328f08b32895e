/** What a field for words knows of mentions: whom they name, whom that tells, and what is offered while one types. */

import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { NewMentions, Person, PersonId } from '../../protocol/wire'
import { useHost, useMe, useNow, useReplica, useWorld } from '../../replica/hooks'
import { audienceOf, sees, type About, type Audience } from './audience'
import { offersFor, type Offer } from './offers'
import { labels, namedIn, typedAt, whomOf, without, type Named } from './names'

export interface Mentions {
  named: readonly Named[]
  audience: Audience
  /** Those who are named and may not see it. */
  unseen: readonly Person[]
  reason: string
  setReason: (reason: string) => void
  /** Why it can't go as it is; undefined: it can. */
  stops: 'unseen' | 'reason' | undefined
  /** What is offered now; empty: nothing. */
  offers: readonly Offer[]
  lit: number
  take: (offer: Offer) => void
  leaveOut: (person: PersonId) => void
  /** Whether the key was for what is offered. */
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean
  onCaret: () => void
  /** As the command carries them. */
  sent: NewMentions
  forget: () => void
}

interface Field {
  /** Of the draft of these words. */
  draft: string
  words: string
  write: (words: string) => void
  area: RefObject<HTMLTextAreaElement | null>
  about: About | undefined
}

const NOBODY: Audience = { tells: { kind: 'these', people: [] }, told: 0, unseen: [], needsReason: false }

export function useMentions({ draft, words, write, area, about }: Field): Mentions {
  const host = useHost()
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow(15_000)
  const people = useReplica((replica) => [...replica.people.values()])
  const desk = useReplica((replica) => (about ? replica.desks.get(about.desk) : undefined))
  const [reason, setReason] = useState(() => host.drafts.get(reasonOf(draft)))
  const [caret, setCaret] = useState(-1)
  const [lit, setLit] = useState(0)
  /** Where an `@` stands that nothing is to be offered for. */
  const [dismissed, setDismissed] = useState(-1)
  const goTo = useRef<number>(undefined)

  const named = useMemo(() => namedIn(words, people), [words, people])
  // oxlint-disable-next-line react/exhaustive-deps
  const audience = useMemo(() => (about && named.length > 0 ? audienceOf(replica, about, me, whomOf(named), now) : NOBODY), [replica, about, me, named, now, people, desk])
  const unseen = audience.unseen.flatMap((id) => replica.people.get(id) ?? [])
  const typed = caret < 0 ? undefined : typedAt(words, caret)
  const isOffering = typed !== undefined && typed.at !== dismissed && about !== undefined && desk !== undefined
  const offers = isOffering ? offersFor({ people: people.filter(({ id }) => sees(replica, about, id)), desk, about, me, query: typed.query, count: (kind) => audienceOf(replica, about, me, [{ kind }], now).told }) : []

  useLayoutEffect(() => {
    if (goTo.current === undefined) return
    area.current?.setSelectionRange(goTo.current, goTo.current)
    setCaret(goTo.current)
    goTo.current = undefined
  }, [words, area])

  const take = (offer: Offer) => {
    if (!typed) return
    const label = offer.mention.kind === 'person' ? labels(people).get(offer.mention.person) : offer.mention.kind
    const rest = words.slice(caret)
    const written = `${words.slice(0, typed.at)}@${label ?? offer.name}${rest.startsWith(' ') ? '' : ' '}`
    goTo.current = written.length + (rest.startsWith(' ') ? 1 : 0)
    setLit(0)
    area.current?.focus()
    write(written + rest)
  }

  const at = Math.min(lit, offers.length - 1)
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (offers.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return false
    if (event.key === 'ArrowDown') setLit((at + 1) % offers.length)
    else if (event.key === 'ArrowUp') setLit((at + offers.length - 1) % offers.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take(offers[at] as Offer)
    else if (event.key === 'Escape') setDismissed(typed?.at ?? -1)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  const say = (next: string) => {
    setReason(next)
    host.drafts.put(reasonOf(draft), next)
  }
  return {
    named, audience, unseen, reason, setReason: say, offers, lit: at, take, onKey,
    stops: unseen.length > 0 ? 'unseen' : audience.needsReason && reason.trim() === '' ? 'reason' : undefined,
    leaveOut: (person) => write(without(words, named, person)),
    onCaret: () => {
      const element = area.current
      const next = element && element.selectionStart === element.selectionEnd ? element.selectionStart : -1
      if (next === caret) return
      setCaret(next)
      setLit(0)
      if (typedAt(words, Math.max(0, next))?.at !== dismissed) setDismissed(-1)
    },
    sent: { whom: whomOf(named), reason: audience.needsReason ? reason.trim() : '' },
    forget: () => say(''),
  }
}

function reasonOf(draft: string): string {
  return `${draft}:reason`
}
