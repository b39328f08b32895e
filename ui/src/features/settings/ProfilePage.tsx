/** What colleagues see of me, whether I can be reached, and how this looks on my machine. */

import { Clock, Monitor, Moon, Sun } from 'lucide-react'
import { setTheme, theme, type Theme } from '../../app/theme'
import { Avatar, Button, TextField } from '../../kit'
import type { Person, Status } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReadable } from '../../replica/hooks'
import { text } from '../../text'
import { calendarText } from '../../text/calendar'
import { settingsText } from '../../text/settings'
import { openStatus } from '../people/StatusDialog'
import { statusWords } from '../people/status'
import { CalendarForm } from './CalendarForm'
import { Choices, Page, SaveBar, SavingNote, Section, useSaving } from './parts'
import { checkPersonalLink } from './provider'
import { QuietForm } from './QuietForm'
import { SelfForm } from './SelfForm'
import { useTyped } from './useTyped'
import styles from './Settings.module.css'

const STATUSES: readonly Status[] = ['available', 'on_call', 'away', 'off']

export function ProfilePage() {
  const me = usePerson(useMe())
  if (!me) return null
  return (
    <Page title={text.settings.profile} hint={settingsText.profile.hint}>
      <Section title={text.settings.profile} hint={<Signed me={me} />}>
        <ProfileForm me={me} />
      </Section>
      <Section title={settingsText.profile.status} hint={settingsText.profile.statusHint}>
        <StatusForm me={me} />
      </Section>
      <SelfForm person={me} />
      <Section title={calendarText.title} hint={calendarText.hint}>
        <CalendarForm me={me} />
      </Section>
      <Section title={settingsText.profile.quiet} hint={settingsText.profile.quietHint}>
        <QuietForm me={me} />
      </Section>
      <Section title={text.settings.look}>
        <ThemeForm />
      </Section>
    </Page>
  )
}

function Signed({ me }: { me: Person }) {
  return (
    <span className={styles.signed}>
      <Avatar name={me.name} size="l" />
      <span>
        <span>{me.email}</span>
        <span>{text.role[me.role]}</span>
      </span>
    </span>
  )
}

function ProfileForm({ me }: { me: Person }) {
  const commands = useCommands()
  const { saving, save } = useSaving()
  const [name, setName, dropName] = useTyped(me.name)
  const [phone, setPhone, dropPhone] = useTyped(me.phone)
  const [link, setLink, dropLink] = useTyped(me.call_link)
  const linkProblem = checkPersonalLink(link.trim())
  const nameProblem = name.trim() === '' ? settingsText.profile.nameNeeded : undefined
  const phoneProblem = /^[\d+\-()./ ]*$/.test(phone) ? undefined : settingsText.profile.notPhone
  const dirty = name.trim() !== me.name || phone.trim() !== me.phone || link.trim() !== me.call_link
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (dirty && !nameProblem && !phoneProblem && !linkProblem) save(commands.editProfile({ name: name.trim(), phone: phone.trim(), call_link: link.trim() }))
      }}
    >
      <TextField label={text.settings.name} value={name} onChange={setName} error={nameProblem} maxLength={100} autoComplete="name" />
      <TextField label={text.settings.phone} hint={text.settings.phoneHint} value={phone} onChange={setPhone} error={phoneProblem} maxLength={40} autoComplete="tel" />
      <TextField
        label={text.settings.callLink}
        hint={text.settings.callLinkHint}
        value={link}
        onChange={setLink}
        error={linkProblem ? settingsText.profile[linkProblem] : undefined}
        type="url"
        placeholder="https://"
      />
      <SaveBar
        saving={saving}
        dirty={dirty}
        wrong={Boolean(nameProblem || phoneProblem || linkProblem)}
        onSave={() => save(commands.editProfile({ name: name.trim(), phone: phone.trim(), call_link: link.trim() }))}
        onDiscard={() => (dropName(), dropPhone(), dropLink())}
      />
    </form>
  )
}

function StatusForm({ me }: { me: Person }) {
  const commands = useCommands()
  const now = useNow()
  const { saving, save } = useSaving()
  return (
    <>
      <Choices
        label={settingsText.profile.status}
        quietLabel
        columns
        value={me.status}
        onChange={(status) => save(commands.setStatus({ status, until: null }))}
        choices={STATUSES.map((id) => ({ id, name: text.status[id], hint: text.statusHint[id] }))}
      />
      <div className={styles.statusLine}>
        <span>{statusWords(me, now)}</span>
        <Button small icon={<Clock />} onPress={openStatus}>{text.reach.choose}</Button>
      </div>
      {(saving.kind === 'refused' || saving.kind === 'sending') && <SavingNote saving={saving} />}
    </>
  )
}

function ThemeForm() {
  const chosen = useReadable(theme)
  return (
    <Choices<Theme>
      label={text.settings.theme}
      columns
      value={chosen}
      onChange={setTheme}
      choices={[
        { id: 'system', name: text.settings.themeSystem, icon: <Monitor /> },
        { id: 'light', name: text.settings.themeLight, icon: <Sun /> },
        { id: 'dark', name: text.settings.themeDark, icon: <Moon /> },
      ]}
    />
  )
}
