/**
 * What will be masked in the words being typed, said before they leave (rules.md 4.6). Card numbers and codes always are.
 * An IBAN is, unless its writer leaves it readable, one by one. Phone numbers and addresses are outlined; one key masks
 * them all, or the organisation does.
 */

import { useMemo, useState } from 'react'
import { ShieldCheck } from 'lucide-react'
import { Button, Note } from '../../kit'
import { isMasked, mask, plainIban, type Find, type FindKind } from '../../masking'
import { useReplica } from '../../replica/hooks'
import { list, text } from '../../text'
import type { Named } from '../mention/names'
import styles from './Mask.module.css'

export interface Mask {
  /** The words as they will be sent. */
  masked: string
  /** Other words, masked in the same way. */
  of: (words: string) => string
  /** IBANs in them that stay readable: the server masks once more and has to know. */
  readable: string[]
  /** What was found, at its place in the words. */
  finds: readonly Find[]
  /** Kinds that are masked without a way back. */
  always: readonly FindKind[]
  ibans: readonly Iban[]
  contacts: readonly FindKind[]
  /** Contacts are masked: by this person, or because the organisation wants it. */
  all: boolean
  mandatory: boolean
  toggleAll: () => void
  toggleIban: (iban: string) => void
}

interface Iban {
  plain: string
  masked: boolean
  /** False: it also reads as a card or a code, so it can't be left readable. */
  mayStay: boolean
}

/** `ibansMayStay`: false for words that travel without a list of IBANs that stay readable; the server masks them all. */
export function useMask(words: string, { ibansMayStay = true }: { ibansMayStay?: boolean } = {}): Mask {
  const exempt = useReplica((replica) => replica.org?.exempt_numbers)
  const mandatory = useReplica((replica) => replica.org?.mask_contacts) ?? false
  const [chosen, setAll] = useState(false)
  const [named, setNamed] = useState<readonly string[]>([])
  const all = mandatory || chosen
  return useMemo(() => {
    const choice = { readable: named, contacts: all }
    const of = (words: string) => mask(words.trim(), exempt ?? [], choice).text
    const plain = ({ from, to }: Find) => plainIban(words.slice(from, to))
    const { finds } = mask(words, exempt ?? [], choice)
    const found = finds.filter(({ kind }) => kind === 'iban')
    const free = ibansMayStay && found.length > 0 ? mask(words, exempt ?? [], { readable: found.map(plain) }).finds.filter(({ kind, masked }) => kind === 'iban' && !masked).map(plain) : []
    const ibans = [...new Map(found.map((find) => [plain(find), { plain: plain(find), masked: find.masked, mayStay: free.includes(plain(find)) }])).values()]
    const kinds = [...new Set(finds.map(({ kind }) => kind))]
    return {
      masked: of(words),
      of,
      readable: ibans.filter((iban) => !iban.masked).map((iban) => iban.plain),
      finds,
      always: kinds.filter((kind) => isMasked(kind) && (kind !== 'iban' || ibans.some(({ mayStay }) => !mayStay))),
      ibans: ibans.filter(({ mayStay }) => mayStay),
      contacts: kinds.filter((kind) => !isMasked(kind)),
      all,
      mandatory,
      toggleAll: () => setAll(!chosen),
      toggleIban: (iban) => setNamed(named.includes(iban) ? named.filter((one) => one !== iban) : [...named, iban]),
    }
  }, [words, exempt, all, chosen, mandatory, named, ibansMayStay])
}

/** Several fields in one: each on a line of its own, so that no number is found across two of them. */
export function apart(fields: readonly string[]): string {
  return fields.join('\n;\n')
}

/** The key that masks contacts, for the whole panel the words are written in. */
export function maskKey(...masks: readonly Mask[]): (event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'preventDefault'>) => void {
  return (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'm') return
    event.preventDefault()
    for (const mask of masks) mask.toggleAll()
  }
}

export function MaskLine({ mask }: { mask: Mask }) {
  const { always, ibans, contacts, all, mandatory } = mask
  if (always.length === 0 && ibans.length === 0 && contacts.length === 0) return null
  const names = (kinds: readonly FindKind[]) => list(kinds.map((kind) => text.masks.kind[kind]))
  const end = (iban: string) => iban.slice(-4)
  return (
    <Note
      role="status"
      icon={<ShieldCheck />}
      action={
        <span className={styles.choices}>
          {ibans.map(({ plain, masked }) => (
            <Button key={plain} small tone="quiet" onPress={() => mask.toggleIban(plain)}>
              {masked ? text.masks.leaveIban(end(plain)) : text.masks.maskIban(end(plain))}
            </Button>
          ))}
          {contacts.length > 0 && !mandatory && (
            <Button small tone="quiet" keys="Mod+M" onPress={mask.toggleAll}>
              {all ? text.masks.showAgain : text.masks.maskToo}
            </Button>
          )}
        </span>
      }
    >
      {always.length > 0 && `${text.masks.masked(names(always))} `}
      {ibans.map(({ plain, masked }) => `${masked ? text.masks.ibanMasked(end(plain)) : text.masks.ibanReadable(end(plain))} `)}
      {contacts.length > 0 && (mandatory ? text.masks.mandatory(names(contacts)) : all ? text.masks.maskedToo(names(contacts)) : text.masks.outlined(names(contacts)))}
    </Note>
  )
}

/**
 * Lies behind a text field that has the same class: the same words, unseen, with what was found in them outlined, or
 * struck out where it will be masked, and who is mentioned on a ground of their own. The field scrolls, so this scrolls with it.
 */
export function Outlines({ words, finds, named, className, scrolled }: { words: string; finds: readonly Find[]; named?: readonly Named[]; className: string | undefined; scrolled: number }) {
  const places = [...finds.map(({ from, to, masked, kind }) => ({ from, to, masked, kind: String(kind) })), ...(named ?? []).map(({ from, to }) => ({ from, to, masked: false, kind: 'mention' }))].sort((a, b) => a.from - b.from)
  if (places.length === 0) return null
  const parts: React.ReactNode[] = []
  let at = 0
  for (const { from, to, masked, kind } of places) {
    if (to > words.length) break
    if (from < at) continue
    parts.push(
      words.slice(at, from),
      <mark key={from} className={styles.found} data-masked={masked || undefined} data-kind={kind}>
        {words.slice(from, to)}
      </mark>,
    )
    at = to
  }
  return (
    <div className={`${className ?? ''} ${styles.behind}`} aria-hidden="true">
      <div style={{ transform: `translateY(${-scrolled}px)` }}>
        {parts}
        {words.slice(at)}
      </div>
    </div>
  )
}
