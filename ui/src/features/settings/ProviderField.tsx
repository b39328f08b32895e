/** "How do you call each other?": every provider in plain words, its few fields, and what would open. */

import { useId, useRef, useState } from 'react'
import { ExternalLink, KeyRound, Link2, MessagesSquare, Phone, PhoneOff, Users, Video, Waypoints } from 'lucide-react'
import { Button, Note, TextField } from '../../kit'
import type { Person, Provider } from '../../protocol/wire'
import { useMe, usePerson, useReplica } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { settingsText } from '../../text/settings'
import { Choices } from './parts'
import { checkProvider, hostOf, PLACEHOLDERS, preview, type AddressProblem } from './provider'
import looks from './Provider.module.css'
import styles from './Settings.module.css'

type Kind = Provider['kind']
const KINDS: readonly { kind: Kind; icon: React.ReactNode }[] = [
  { kind: 'personal_link', icon: <Video /> },
  { kind: 'phone', icon: <Phone /> },
  { kind: 'teams', icon: <Users /> },
  { kind: 'slack_huddle', icon: <MessagesSquare /> },
  { kind: 'jitsi', icon: <Waypoints /> },
  { kind: 'live_kit', icon: <Waypoints /> },
  { kind: 'template', icon: <Link2 /> },
]

export function blank(kind: Kind): Provider {
  switch (kind) {
    case 'slack_huddle': return { kind, team: '', channel: '' }
    case 'template': return { kind, address: 'https://' }
    case 'jitsi': return { kind, host: '', app_id: '' }
    case 'live_kit': return { kind, meet: 'https://', server: 'wss://', key: '' }
    default: return { kind }
  }
}

/** The name of the key that a provider is signed with, if it is. */
export function secretOf(provider: Provider | null): 'jitsi' | 'livekit' | undefined {
  if (provider?.kind === 'jitsi' && provider.app_id !== '') return 'jitsi'
  return provider?.kind === 'live_kit' ? 'livekit' : undefined
}

export function ProviderField(props: {
  value: Provider | null
  onChange: (value: Provider | null) => void
  /** What choosing nothing means: nobody decided, or the organisation decides. */
  without: 'none' | 'inherit'
  secret: string
  onSecret: (secret: string) => void
  /** The key that is there already may be kept. */
  known: boolean
  disabled?: boolean
}) {
  const { value, onChange, without } = props
  const drafts = useRef(new Map<Kind, Provider>())
  const choose = (kind: Kind | 'without') => {
    if (value) drafts.current.set(value.kind, value)
    onChange(kind === 'without' ? null : (drafts.current.get(kind) ?? blank(kind)))
  }
  return (
    <div className={looks.provider}>
      <Choices<Kind | 'without'>
        label={text.provider.title}
        quietLabel
        value={value?.kind ?? 'without'}
        onChange={choose}
        disabled={props.disabled ?? false}
        choices={[
          without === 'none'
            ? { id: 'without', name: text.provider.none, hint: text.provider.noneHint, icon: <PhoneOff /> }
            : { id: 'without', name: text.provider.inherit, icon: <Waypoints /> },
          ...KINDS.map(({ kind, icon }) => ({ id: kind, name: text.provider[kind], hint: text.provider[`${kind}Hint`], icon })),
        ]}
      />
      {value && <Fields value={value} onChange={onChange} secret={props.secret} onSecret={props.onSecret} known={props.known} />}
      {value && <Preview provider={value} />}
      {!value && without === 'none' && <p className={styles.quiet}>{settingsText.calls.nothing}</p>}
    </div>
  )
}

function Fields(props: { value: Provider; onChange: (value: Provider) => void; secret: string; onSecret: (secret: string) => void; known: boolean }) {
  const { value, onChange } = props
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const problems = checkProvider(value)
  // An empty field is no mistake before somebody has been in it.
  const errorOf = (field: string): string | undefined => {
    const problem: AddressProblem | undefined = problems[field]
    if (!problem || (problem === 'empty' && !left.has(field))) return undefined
    if (!left.has(field) && (problem === 'host' || problem === 'scheme' || problem === 'wss')) return undefined
    return settingsText.calls.errors[problem]
  }
  const field = (name: string, label: string, current: string, change: (next: string) => Provider, rest: { hint?: string; placeholder?: string } = {}) => (
    <TextField
      label={label}
      value={current}
      onChange={(next) => onChange(change(next.trim()))}
      onBlur={() => setLeft(new Set(left).add(name))}
      error={errorOf(name)}
      autoComplete="off"
      spellCheck="false"
      {...rest}
    />
  )
  const signed = secretOf(value) && (
    <TextField
      label={text.provider.secret}
      hint={`${text.provider.secretHint} ${props.known ? settingsText.calls.secretEmpty : settingsText.calls.secretNew}`}
      type="password"
      autoComplete="off"
      value={props.secret}
      onChange={props.onSecret}
      start={<KeyRound />}
    />
  )
  switch (value.kind) {
    case 'slack_huddle':
      return (
        <div className={styles.columns}>
          {field('team', text.provider.team, value.team, (team) => ({ ...value, team }), { placeholder: 'T024BE7LD' })}
          {field('channel', text.provider.channel, value.channel, (channel) => ({ ...value, channel }), { placeholder: 'C061EG9SL' })}
        </div>
      )
    case 'template': return <Template value={value} onChange={onChange} error={errorOf('address')} onLeave={() => setLeft(new Set(left).add('address'))} />
    case 'jitsi':
      return (
        <>
          <div className={styles.columns}>
            {field('host', text.provider.host, value.host, (host) => ({ ...value, host }), { placeholder: 'meet.example.com' })}
            {field('app_id', text.provider.appId, value.app_id, (app_id) => ({ ...value, app_id }), { hint: text.provider.appIdHint })}
          </div>
          {signed}
        </>
      )
    case 'live_kit':
      return (
        <>
          {field('meet', text.provider.meet, value.meet, (meet) => ({ ...value, meet }), { placeholder: 'https://meet.example.com' })}
          <div className={styles.columns}>
            {field('server', text.provider.server, value.server, (server) => ({ ...value, server }), { placeholder: 'wss://livekit.example.com' })}
            {field('key', text.provider.key, value.key, (key) => ({ ...value, key }))}
          </div>
          {signed}
        </>
      )
    default: return null
  }
}

function Template(props: { value: Extract<Provider, { kind: 'template' }>; onChange: (value: Provider) => void; error: string | undefined; onLeave: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const { value, onChange } = props
  const put = (name: string) => {
    const field = input.current
    const at = field?.selectionStart ?? value.address.length
    onChange({ ...value, address: `${value.address.slice(0, at)}{${name}}${value.address.slice(field?.selectionEnd ?? at)}` })
    field?.focus()
  }
  return (
    <>
      <TextField
        label={text.provider.address}
        inputRef={input}
        value={value.address}
        onChange={(address) => onChange({ ...value, address: address.trim() })}
        onBlur={props.onLeave}
        error={props.error}
        placeholder="https://meet.example.com/{room}"
        autoComplete="off"
        spellCheck="false"
      />
      <div className={looks.placeholders}>
        <span className={styles.quiet}>{settingsText.calls.placeholders}</span>
        {PLACEHOLDERS.map((name) => (
          <Button key={name} small onPress={() => put(name)}>
            {`{${name}}`}
          </Button>
        ))}
      </div>
    </>
  )
}

/** The room of an example: as long as a real one, so that nobody is surprised. */
const ROOM = 'k3v9q7m2ta8xw5ncp4rz6hjfye'

function Preview({ provider }: { provider: Provider }) {
  const id = useId()
  const me = usePerson(useMe())
  const people = useReplica((replica) => [...replica.people.values()])
  if (!me || Object.keys(checkProvider(provider)).length > 0) return null
  const others = people.filter((person) => person.active && person.id !== me.id)
  const other = others.find((person) => person.role === 'agent') ?? others[0] ?? me
  // Of a personal link the caller's own is opened; an example must not fail because this admin has none.
  const caller = provider.kind === 'personal_link' && !me.call_link ? (others.find((person) => person.call_link) ?? me) : me
  const address = preview(provider, { caller, other: provider.kind === 'phone' && !other.phone ? (others.find((person) => person.phone) ?? other) : other, room: ROOM, session: '0193a7c2-58d1-7e40-9c1b-6f2d8a4e0b37', subject: '' })
  return (
    <section className={looks.preview} aria-labelledby={id}>
      <p id={id} className={looks.previewTitle}>
        {settingsText.calls.preview}
      </p>
      <p className={styles.quiet}>{settingsText.calls.previewOf(firstName(caller.name), firstName(other.name))}</p>
      {address && (
        <p className={looks.address}>
          <ExternalLink aria-hidden="true" />
          <code>{address}</code>
        </p>
      )}
      <p className={styles.quiet}>{address?.startsWith('https://') ? settingsText.calls.goesTo(hostOf(address)) : settingsText.calls.goesNowhere}</p>
      <Missing provider={provider} people={people} />
    </section>
  )
}

function Missing({ provider, people }: { provider: Provider; people: readonly Person[] }) {
  const field = provider.kind === 'phone' ? 'phone' : provider.kind === 'personal_link' ? 'call_link' : undefined
  if (!field) return null
  const missing = people.filter((person) => person.active && person[field] === '').length
  if (missing === 0) return null
  return <Note>{settingsText.calls.needs(field === 'phone' ? settingsText.calls.needsPhone : settingsText.calls.needsLink, missing)}</Note>
}
