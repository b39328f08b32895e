/**
 * Which parts of a text are a customer's data (rules.md 4.6). Card numbers, their codes and IBANs are masked before a text
 * leaves; phone numbers and e-mail addresses are found, so that they can be outlined. A writer may leave an IBAN readable
 * by naming it; then its digits are read like any others, so that no card gets through under its name. The server masks
 * again with the same tables, and both pass `tests/vectors/masking.json`. Deliberately absent: names and street addresses, which no
 * pattern tells from other words.
 */

import type { ExemptNumber } from './protocol/wire'
import { CODE_BETWEEN, CODE_BETWEEN_AT_MOST, CODE_WORDS, IBAN, ISSUERS, SEPARATORS, SEPARATORS_BETWEEN_GROUPS, ZEROS } from './masking/tables'

export type FindKind = 'card' | 'code' | 'iban' | 'phone' | 'email'

/** One part of a text, in UTF-16 units, as `slice` counts. */
export interface Find {
  kind: FindKind
  from: number
  to: number
  /** Whether a tag stands in its place. */
  masked: boolean
}

/** What is masked besides cards and codes, about which nobody has a choice. */
export interface Choice {
  /** IBANs that the writer leaves readable, written in any way. */
  readable?: readonly string[]
  /** Phone numbers and e-mail addresses too. */
  contacts?: boolean
}

export interface Masked {
  text: string
  /** All that was found, masked or not, at its place in the text before masking, in order, without overlaps. */
  finds: Find[]
}

/** What stands in the text instead. */
export const TAGS: Readonly<Record<FindKind, string>> = { card: '[card]', code: '[code]', iban: '[IBAN]', phone: '[phone]', email: '[e-mail]' }

/** Masked without being asked for. */
export function isMasked(kind: FindKind): boolean {
  return kind === 'card' || kind === 'code' || kind === 'iban'
}

/** `text` with what must not be stored, and what was chosen, replaced by tags. */
export function mask(text: string, exempt: readonly ExemptNumber[], choice: Choice = {}): Masked {
  const finds = find(text, exempt, choice)
  let masked = ''
  let from = 0
  for (const found of finds) {
    if (!found.masked) continue
    masked += text.slice(from, found.from) + TAGS[found.kind]
    from = found.to
  }
  return { text: masked + text.slice(from), finds }
}

/** Everything in `text`, in order, without overlaps. */
export function find(text: string, exempt: readonly ExemptNumber[], choice: Choice = {}): Find[] {
  const chars = [...text]
  const ibans = new Row(chars)
  findIbans(ibans)
  const named = new Set((choice.readable ?? []).map(plainIban))
  const isNamed = ({ from, to }: Found) => named.has(plainIban(chars.slice(from, to).join('')))
  const readable = ibans.found.filter(isNamed)
  const masked = ibans.found.filter((found) => !isNamed(found))
  for (;;) {
    const row = new Row(chars, masked)
    findCards(row, exempt)
    findCodes(row)
    // One that reads as a card or a code, alone or with what stands beside it, is masked after all. Then the others are
    // looked at again, because a masked one is no neighbour.
    const touched = readable.findIndex(({ from, to }) => !row.isFree(from, to))
    const after = touched < 0 ? undefined : readable.splice(touched, 1)[0]
    if (after) {
      masked.push(after)
      continue
    }
    for (const found of readable) row.found.push({ ...found, masked: false })
    findEmails(row)
    findPhones(row)
    if (choice.contacts) for (const found of row.found) if (found.kind === 'phone' || found.kind === 'email') found.masked = true
    return row.inText()
  }
}

/** An IBAN as its digits and capital letters alone, so that two ways to write it are one. */
export function plainIban(written: string): string {
  return [...written].filter((char) => !isSeparator(char)).map((char) => digit(char) || char.toUpperCase()).join('')
}

/** A find whose place is counted in characters. */
type Found = Find

/** The characters of a text and what was found among them; places are counted in characters until the end. */
class Row {
  readonly found: Found[]

  constructor(readonly chars: readonly string[], found: readonly Found[] = []) {
    this.found = [...found]
  }

  char(at: number): string {
    return this.chars[at] ?? ''
  }

  /** Adds `from..to` unless part of it was found already. */
  add(kind: FindKind, from: number, to: number): boolean {
    if (!this.isFree(from, to)) return false
    this.found.push({ kind, from, to, masked: isMasked(kind) })
    return true
  }

  isFree(from: number, to: number): boolean {
    return !this.found.some((found) => found.from < to && from < found.to)
  }

  inText(): Find[] {
    const places = [0]
    for (const char of this.chars) places.push((places.at(-1) ?? 0) + char.length)
    return this.found
      .toSorted((a, b) => a.from - b.from)
      .map(({ from, to, ...found }) => ({ ...found, from: places[from] ?? 0, to: places[to] ?? 0 }))
  }
}

/** Digits with nothing between them. */
interface Group {
  from: number
  to: number
  digits: string
  /** Only separators stand between this group and the one before it. */
  goesOn: boolean
}

function groupsOf(row: Row): Group[] {
  const groups: Group[] = []
  for (let at = 0; at < row.chars.length; at++) {
    if (!digit(row.char(at))) continue
    const from = at
    let digits = ''
    for (; digit(row.char(at)); at++) digits += digit(row.char(at))
    const between = row.chars.slice(groups.at(-1)?.to ?? 0, from)
    groups.push({ from, to: at, digits, goesOn: groups.length > 0 && between.length <= SEPARATORS_BETWEEN_GROUPS && between.every(isSeparator) })
  }
  return groups
}

const LONGEST_CARD = Math.max(...ISSUERS.flatMap(({ lengths }) => lengths))

function findCards(row: Row, exempt: readonly ExemptNumber[]): void {
  const groups = groupsOf(row)
  const cards: Stretch[] = []
  const exempted: Stretch[] = []
  const longest = Math.max(LONGEST_CARD, ...exempt.map(({ digits }) => digits))
  for (const [first, begin] of groups.entries()) {
    let number = ''
    // By index: a copy of the rest for every group would take minutes on a pasted table of numbers.
    for (let i = first; i < groups.length; i++) {
      const group = groups[i]
      if (!group || (i > first && !group.goesOn)) break
      number += group.digits
      if (number.length > longest || !row.isFree(begin.from, group.to)) break
      if (isExempt(number, exempt)) exempted.push({ from: begin.from, to: group.to })
      if (isCard(number)) cards.push({ from: begin.from, to: group.to })
    }
  }
  const left = cards.filter((card) => !exempted.some((other) => other.from <= card.from && card.to <= other.to))
  for (const { from, to } of merged(left)) row.add('card', from, to)
}

interface Stretch {
  from: number
  to: number
}

/** Stretches in order of their beginning, those that overlap as one. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = []
  for (const { from, to } of stretches) {
    const last = whole.at(-1)
    if (last && from < last.to) last.to = Math.max(last.to, to)
    else whole.push({ from, to })
  }
  return whole
}

function isCard(number: string): boolean {
  const isIssued = ISSUERS.some(({ from, to, lengths }) => {
    const start = number.slice(0, from.length)
    return lengths.includes(number.length) && from <= start && start <= to
  })
  return isIssued && luhn(number)
}

function isExempt(number: string, exempt: readonly ExemptNumber[]): boolean {
  return exempt.some(({ prefix, digits }) => prefix !== '' && number.length === digits && number.startsWith(prefix))
}

/** ISO/IEC 7812-1 annex B: every second digit from the right is doubled, the sum ends in zero. */
function luhn(number: string): boolean {
  const sum = [...number].toReversed().reduce((sum, char, place) => {
    const value = Number(char) * (place % 2 === 0 ? 1 : 2)
    return sum + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

function findCodes(row: Row): void {
  const lower = row.chars.map((char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char))
  const groups = groupsOf(row)
  const isCode = ({ from, to, digits }: Group) => digits.length >= 3 && digits.length <= 4 && row.isFree(from, to)
  for (let at = 0; at < lower.length; at++) {
    const ends = wordEnds(lower, at)
    const after = ends
      .map((end) => ({ end, group: groups.find((group) => group.from >= end) }))
      .find(({ end, group }) => group && isCode(group) && connects(lower.slice(end, group.from)))?.group
    if (!after && ends.some((end) => connectsToTag(lower, end))) continue
    const last = groups.findLast((group) => group.to <= at)
    const before = ends.length > 0 && last && isCode(last) && connects(lower.slice(last.to, at)) ? last : undefined
    const code = after ?? before
    if (code) row.add('code', code.from, code.to)
  }
}

/** Where the words for a code that begin at `at` end; `cvv` may or may not take the 2 after it. */
function wordEnds(lower: readonly string[], at: number): number[] {
  if (isWordChar(lower[at - 1] ?? '')) return []
  return CODE_WORDS.filter((word) => [...word].every((char, i) => lower[at + i] === char))
    .map((word) => at + [...word].length)
    .filter((end) => !isLetter(lower[end] ?? ''))
}

/** A code that was masked already connects nothing: what stands beyond it is something else. */
function connects(between: readonly string[]): boolean {
  if (between.length > CODE_BETWEEN_AT_MOST || between.includes('\n') || between.join('').includes(TAGS.code)) return false
  const words = between.map((char) => (isWordChar(char) ? char : ' ')).join('').split(' ')
  return words.every((word) => word === '' || CODE_BETWEEN.includes(word))
}

/** A text that was masked already must stay as it is, and the server masks once more. */
function connectsToTag(lower: readonly string[], end: number): boolean {
  const at = lower.slice(end, end + CODE_BETWEEN_AT_MOST + TAGS.code.length).join('').indexOf(TAGS.code)
  return at >= 0 && connects(lower.slice(end, end + at))
}

const IBAN_LENGTHS = new Map(Object.entries(IBAN).map(([country, structure]) => [country, { length: 4 + lengthOf(structure), form: formOf(structure) }]))

function findIbans(row: Row): void {
  for (let at = 0; at < row.chars.length; at++) {
    const to = ibanEnd(row, at)
    if (to === undefined) continue
    row.add('iban', at, to)
    at = to - 1
  }
}

/** Where the IBAN that begins at `at` ends. */
function ibanEnd(row: Row, at: number): number | undefined {
  const known = IBAN_LENGTHS.get((row.char(at) + row.char(at + 1)).toUpperCase())
  if (!known || (isWordChar(row.char(at - 1)) && !followsTheWord(row, at))) return undefined
  let number = ''
  let between = 0
  let to = at
  for (; number.length < known.length; to++) {
    const char = row.char(to)
    const value = digit(char) || (/^[a-z]$/i.test(char) ? char.toUpperCase() : '')
    if (value) between = 0
    else if (!isSeparator(char) || ++between > 2) return undefined
    number += value
  }
  if (isWordChar(row.char(to)) || !known.form.test(number)) return undefined
  return mod97(number) === 1 ? to : undefined
}

function followsTheWord(row: Row, at: number): boolean {
  return row.chars.slice(Math.max(0, at - 4), at).join('').toLowerCase() === 'iban' && !isWordChar(row.char(at - 5))
}

function lengthOf(structure: string): number {
  return [...structure.matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0)
}

function formOf(structure: string): RegExp {
  const classes = { n: '[0-9]', a: '[A-Z]', c: '[0-9A-Z]' } as const
  return new RegExp(`^[A-Z]{2}[0-9]{2}${structure.replace(/(\d+)([nac])/g, (_, count: string, kind: 'n' | 'a' | 'c') => `${classes[kind]}{${count}}`)}$`)
}

/** ISO 13616: the first four characters go to the end, letters count 10 to 35. */
function mod97(number: string): number {
  return [...number.slice(4), ...number.slice(0, 4)].reduce((rest, char) => {
    const value = Number.parseInt(char, 36)
    return (rest * (value < 10 ? 10 : 100) + value) % 97
  }, 0)
}

function findEmails(row: Row): void {
  for (let at = 0; at < row.chars.length; at++) {
    if (row.char(at) !== '@') continue
    let from = at
    while (/^[\w.%+-]$/.test(row.char(from - 1))) from--
    while (row.char(from) === '.') from++
    let to = at + 1
    while (isWordChar(row.char(to)) || /^[.-]$/.test(row.char(to))) to++
    while (to > at && /^[.-]$/.test(row.char(to - 1))) to--
    const [, host, top] = /^(.*)\.(.*)$/u.exec(row.chars.slice(at + 1, to).join('')) ?? []
    if (from < at && host && top && /^\p{Alphabetic}{2,}$/u.test(top)) row.add('email', from, to)
  }
}

function findPhones(row: Row): void {
  let at = 0
  while (at < row.chars.length) {
    const begins = /^[+(]$/.test(row.char(at)) || digit(row.char(at)) !== ''
    const before = row.char(at - 1)
    if (!begins || isWordChar(before) || /^[-+./_,:#=]$/.test(before)) {
      at += 1
      continue
    }
    let next = at + 1
    while (digit(row.char(next)) || isSeparator(row.char(next)) || /^[()/]$/.test(row.char(next))) next++
    let to = next
    while (to > at && !digit(row.char(to - 1))) to--
    const goesOn = to === next && isWordChar(row.char(to))
    const written = row.chars.slice(at, to).map((char) => digit(char) || char).join('')
    if (!goesOn && isPhone(written)) row.add('phone', at, to)
    at = next
  }
}

function isPhone(written: string): boolean {
  const groups = written.split(/\D+/).filter(Boolean)
  const lengths = groups.map((group) => group.length).join(' ')
  const isDotted = /[./]/.test(written) || written.split('-').length === 3
  if (isDotted && !written.startsWith('+') && /^([12] [12] [24]|4 2 2|[12] [12] 4 [12]|4 2 2 [12])$/.test(lengths)) return false
  const digits = groups.join('')
  const count = digits.length
  if (written.startsWith('+')) return count >= 8 && count <= 15
  if (digits.startsWith('00')) return count >= 10 && count <= 17
  if (digits.startsWith('0')) return count >= 7 && count <= 13
  return lengths === '3 3 4'
}

/** The digit as ASCII, or nothing. */
function digit(char: string): string {
  if (char === '') return ''
  const zero = ZEROS.find((zero) => char >= zero && char.charCodeAt(0) - zero.charCodeAt(0) < 10)
  return zero === undefined ? '' : String(char.charCodeAt(0) - zero.charCodeAt(0))
}

function isSeparator(char: string): boolean {
  return char !== '' && SEPARATORS.includes(char)
}

function isLetter(char: string): boolean {
  return /^\p{Alphabetic}$/u.test(char)
}

function isWordChar(char: string): boolean {
  return /^[\p{Alphabetic}\p{N}]$/u.test(char)
}
