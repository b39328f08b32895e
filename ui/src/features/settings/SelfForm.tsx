/** What a person says of themselves, so that whoever looks for help with a topic finds them. */

import { TextField } from '../../kit'
import type { Person } from '../../protocol/wire'
import { useCommands, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { HoursField } from './HoursField'
import { hoursOf, weekOf } from './hours'
import { SaveBar, Section, useSaving } from './parts'
import { useTyped } from './useTyped'
import { ZoneField } from './ZoneField'
import styles from './Settings.module.css'

const words = text.service.self

export function SelfForm({ person }: { person: Person }) {
  const commands = useCommands()
  const { saving, save } = useSaving()
  const { profile } = person
  const start = { team: profile.team, title: profile.title, topics: profile.topics.join(', '), languages: profile.languages.join(', '), site: profile.site, reach_me_by: profile.reach_me_by, zone: profile.zone, week: weekOf(profile.hours) }
  const [draft, type, discard] = useTyped(start)
  const write = (field: Exclude<keyof typeof draft, 'week'>) => (value: string) => type({ ...draft, [field]: value })
  const orgZone = useReplica((replica) => replica.org?.zone ?? '')
  const hours = hoursOf(draft.week)
  const submit = () => {
    const { week: _, ...rest } = draft
    if (hours) save(commands.describeSelf({ profile: { ...profile, ...rest, hours, topics: parts(draft.topics), languages: parts(draft.languages) } }))
  }
  return (
    <Section title={words.title} hint={words.hint}>
      <TextField label={words.topics} hint={words.topicsHint} value={draft.topics} onChange={write('topics')} />
      <TextField label={words.team} value={draft.team} onChange={write('team')} maxLength={100} />
      <TextField label={words.role} value={draft.title} onChange={write('title')} maxLength={100} />
      <TextField label={words.languages} hint={words.languagesHint} value={draft.languages} onChange={write('languages')} />
      <TextField label={words.site} value={draft.site} onChange={write('site')} maxLength={100} />
      <TextField label={words.reach} value={draft.reach_me_by} onChange={write('reach_me_by')} maxLength={100} />
      <p className={styles.subtitle}>{words.hours}</p>
      <p className={styles.quiet}>{words.hoursHint}</p>
      <HoursField week={draft.week} onChange={(week) => type({ ...draft, week })} disabled={false} optional />
      <ZoneField label={words.zone} zone={draft.zone} orgZone={orgZone} disabled={false} onChange={write('zone')} />
      <SaveBar wrong={!hours} saving={saving} dirty={JSON.stringify(draft) !== JSON.stringify(start)} onSave={submit} onDiscard={discard} />
    </Section>
  )
}

function parts(typed: string): string[] {
  return typed.split(',').map((part) => part.trim()).filter(Boolean)
}
