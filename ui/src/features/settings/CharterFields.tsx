/** What a desk tells people before they ask and what it promises them: the part of the desk's page for its charter. */

import { useMemo } from 'react'
import { Select, TextField } from '../../kit'
import type { Charter, Desk, PersonId, Posting, Urgency, When } from '../../protocol/wire'
import { useReplica, useWorld } from '../../replica/hooks'
import { text } from '../../text'
import { detailUse, isWorthDropping } from './detailUse'
import { Section } from './parts'
import { daysOf, draftOf, type DayDraft } from './specialDays'
import styles from './Settings.module.css'

const URGENCIES: Urgency[] = ['live', 'today', 'whenever']
const ROLES = ['agents', 'leads', 'admins'] as const
const WHEN: readonly When[] = ['always', 'while_open', 'never']
const MEMBERS = 'members'
const NOWHERE = 'nowhere'
const words = text.service

/** The charter as it is typed. */
export interface CharterDraft {
  guidelines: string
  hints: string
  fields: string
  deputy: string
  escalation: string
  wip: string
  vetters: readonly PersonId[]
  posting: Posting
  days: readonly DayDraft[]
  minutes: Record<Urgency, { first_response: string; reply: string; resolution: string }>
}

export function CharterFields({ draft, change, desk, may }: { draft: CharterDraft; change: (change: Partial<CharterDraft>) => void; desk: Desk; may: boolean }) {
  const people = useReplica((replica) => [...replica.people.values()].filter((one) => one.active).sort((a, b) => a.name.localeCompare(b.name)))
  const desks = useReplica((replica) => [...replica.desks.values()].filter((one) => !one.closed && one.id !== desk.id))
  const count = (label: string, value: string, onChange: (value: string) => void, hint?: string) => (
    <TextField label={label} value={value} onChange={onChange} isDisabled={!may} inputMode="numeric" error={isCount(value) ? undefined : words.number} {...(hint && { hint })} />
  )
  return (
    <>
      <Section title={words.before} hint={words.beforeHint}>
        <TextField label={words.guidelines} hint={words.guidelinesHint} rows={2} value={draft.guidelines} onChange={(guidelines) => change({ guidelines })} isDisabled={!may} maxLength={1000} />
        <TextField label={words.hints} hint={words.hintsHint} rows={3} value={draft.hints} onChange={(hints) => change({ hints })} isDisabled={!may} error={lines(draft.hints).length > 3 ? words.tooMany(3) : undefined} />
        <TextField label={words.fields} hint={words.fieldsHint} rows={2} value={draft.fields} onChange={(fields) => change({ fields })} isDisabled={!may} error={lines(draft.fields).length > 2 ? words.tooMany(2) : undefined} />
        <FieldUse desk={desk} />
      </Section>
      <Section title={text.posting.title} hint={text.posting.hint}>
        {ROLES.map((role) => (
          <Select
            key={role}
            label={text.posting.role[role]}
            value={draft.posting[role]}
            onChange={(when) => change({ posting: { ...draft.posting, [role]: when } })}
            disabled={!may}
            choices={WHEN.map((when) => ({ id: when, name: text.posting.when[when], hint: text.posting.whenHint[when] }))}
          />
        ))}
        {nobodyAsks(draft.posting) && <p className={styles.error} role="alert">{text.posting.nobody}</p>}
      </Section>
      <Section title={words.title} hint={words.hint}>
        {URGENCIES.flatMap((urgency) => {
          const set = (part: keyof CharterDraft['minutes'][Urgency]) => (value: string) => change({ minutes: { ...draft.minutes, [urgency]: { ...draft.minutes[urgency], [part]: value } } })
          return [
            <div key={`${urgency} first`}>{count(words.first(text.urgency[urgency]), draft.minutes[urgency].first_response, set('first_response'))}</div>,
            <div key={`${urgency} reply`}>{count(words.reply(text.urgency[urgency]), draft.minutes[urgency].reply, set('reply'))}</div>,
            <div key={`${urgency} solution`}>{count(words.solution(text.urgency[urgency]), draft.minutes[urgency].resolution, set('resolution'))}</div>,
          ]
        })}
        {count(words.wip, draft.wip, (wip) => change({ wip }), words.wipHint)}
        <Select label={words.deputy} hint={words.deputyHint} value={draft.deputy} onChange={(deputy) => change({ deputy })} disabled={!may} choices={[{ id: MEMBERS, name: words.members }, ...people.map(({ id, name }) => ({ id: String(id), name }))]} />
        <Select label={words.escalation} value={draft.escalation} onChange={(escalation) => change({ escalation })} disabled={!may} choices={[{ id: NOWHERE, name: words.nowhere }, ...desks.map(({ id, name }) => ({ id: String(id), name }))]} />
      </Section>
    </>
  )
}

/** Whether what is required was of use, so that nobody is asked for it in vain. */
function FieldUse({ desk }: { desk: Desk }) {
  const { replica } = useWorld()
  const version = useReplica((replica) => replica.requestsVersion)
  // oxlint-disable-next-line react/exhaustive-deps
  const uses = useMemo(() => detailUse(replica.requests.values(), desk.id, desk.service.fields), [replica, desk, version])
  if (uses.length === 0) return null
  return (
    <ul className={styles.quiet}>
      {uses.map((use) => (
        <li key={use.name}>
          {words.use(use.name, use.asked, use.used)}
          {isWorthDropping(use) && ` ${words.drop}`}
        </li>
      ))}
    </ul>
  )
}

/** A charter as it is typed. */
export function charterDraft({ guidelines, hints, fields, deputy, escalation, wip_limit, standards, vetters, special_days, posting }: Charter): CharterDraft {
  const minutes = (urgency: Urgency) => ({ first_response: String(standards[urgency].first_response), reply: String(standards[urgency].reply), resolution: String(standards[urgency].resolution) })
  return {
    guidelines, hints: hints.join('\n'), fields: fields.join('\n'), deputy: deputy.kind === 'members' ? MEMBERS : deputy.person, escalation: escalation ?? NOWHERE, wip: String(wip_limit), vetters, posting, days: draftOf(special_days),
    minutes: { live: minutes('live'), today: minutes('today'), whenever: minutes('whenever') },
  }
}

/** The charter that was typed, or nothing while something in it is wrong. What is not typed here stays as in `known`. */
export function charterOf(draft: CharterDraft, known: Charter): Charter | undefined {
  const [hints, fields] = [lines(draft.hints), lines(draft.fields)]
  const numbers = [draft.wip, ...URGENCIES.flatMap((urgency) => Object.values(draft.minutes[urgency]))]
  const days = daysOf(draft.days)
  if (hints.length > 3 || fields.length > 2 || !days || !numbers.every(isCount) || nobodyAsks(draft.posting)) return undefined
  const minutes = (urgency: Urgency) => ({ first_response: Number(draft.minutes[urgency].first_response), reply: Number(draft.minutes[urgency].reply), resolution: Number(draft.minutes[urgency].resolution) })
  return {
    ...known, guidelines: draft.guidelines.trim(), hints, fields, wip_limit: Number(draft.wip), vetters: [...draft.vetters], posting: draft.posting, special_days: days,
    deputy: draft.deputy === MEMBERS ? { kind: 'members' } : { kind: 'person', person: draft.deputy as never },
    escalation: draft.escalation === NOWHERE ? null : (draft.escalation as never),
    standards: { live: minutes('live'), today: minutes('today'), whenever: minutes('whenever') },
  }
}

function nobodyAsks(posting: Posting): boolean {
  return ROLES.every((role) => posting[role] === 'never')
}

function lines(typed: string): string[] {
  return typed.split('\n').map((line) => line.trim()).filter(Boolean)
}

function isCount(typed: string): boolean {
  return /^\d{1,5}$/.test(typed.trim())
}
