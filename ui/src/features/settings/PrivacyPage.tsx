/** What never leaves a machine, and how long what left is kept. Everyone reads it, admins change it. */

import { useRef, useState } from 'react'
import { Plus } from 'lucide-react'
import { Button, Chip, Select, Switch, TextField } from '../../kit'
import type { EditOrg, ExemptNumber, Org } from '../../protocol/wire'
import { useCommands, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { editOf } from './orgArgs'
import { Page, ReadOnly, SavingNote, Section, useRights, useSaving } from './parts'
import styles from './Settings.module.css'

const DAYS = [7, 14, 30, 60, 90, 180, 365, 730]

export function PrivacyPage() {
  const org = useReplica((replica) => replica.org)
  const { isAdmin } = useRights()
  if (!org) return null
  return (
    <Page title={text.settings.privacy} hint={settingsText.privacy.hint}>
      {!isAdmin && <ReadOnly />}
      <Section title={text.rules.denyWindows} hint={text.firstRun.recordHint}>
        <DenyWindows org={org} may={isAdmin} />
      </Section>
      <Section title={settingsText.privacy.browserTitle} hint={settingsText.privacy.browserHint}>
        <BrowserClips org={org} may={isAdmin} />
      </Section>
      <Section title={settingsText.privacy.always} hint={settingsText.privacy.alwaysHint}>
        <MaskContacts org={org} may={isAdmin} />
        <h3 className={styles.subtitle}>{text.rules.exempt}</h3>
        <p className={styles.quiet}>{settingsText.privacy.exemptHint}</p>
        <Exempt org={org} may={isAdmin} />
      </Section>
      <Section title={settingsText.privacy.keepTitle} hint={settingsText.privacy.keepShorter}>
        <Keep org={org} may={isAdmin} />
      </Section>
    </Page>
  )
}

function useOrgEdit(org: Org) {
  const commands = useCommands()
  const { saving, save } = useSaving()
  return { saving, edit: (change: Partial<EditOrg>) => save(commands.editOrg(editOf(org, change))) }
}

function DenyWindows({ org, may }: { org: Org; may: boolean }) {
  const { saving, edit } = useOrgEdit(org)
  const [typed, setTyped] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const isThere = org.deny_windows.some((one) => one.toLowerCase() === typed.trim().toLowerCase())
  const add = () => {
    if (typed.trim() === '' || isThere) return
    edit({ deny_windows: [...org.deny_windows, typed.trim()] })
    setTyped('')
    field.current?.focus()
  }
  return (
    <>
      {org.deny_windows.length === 0 ? (
        <p className={styles.quiet}>{settingsText.privacy.denyEmpty}</p>
      ) : (
        <ul className={styles.chips}>
          {org.deny_windows.map((name) => (
            <li key={name}>
              <Chip {...(may ? { onRemove: () => edit({ deny_windows: org.deny_windows.filter((one) => one !== name) }), removeLabel: settingsText.privacy.denyRemove(name) } : {})}>{name}</Chip>
            </li>
          ))}
        </ul>
      )}
      {may && (
        <form
          className={styles.adder}
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <TextField
            label={settingsText.privacy.denyField}
            quietLabel
            placeholder={settingsText.privacy.denyField}
            inputRef={field}
            value={typed}
            onChange={setTyped}
            maxLength={100}
            error={isThere ? settingsText.privacy.denyThere : undefined}
          />
          <Button icon={<Plus />} type="submit" isDisabled={typed.trim() === '' || isThere}>
            {settingsText.privacy.add}
          </Button>
        </form>
      )}
      {saving.kind !== 'still' && <SavingNote saving={saving} />}
    </>
  )
}

function Exempt({ org, may }: { org: Org; may: boolean }) {
  const { saving, edit } = useOrgEdit(org)
  const [prefix, setPrefix] = useState('')
  const [digits, setDigits] = useState('16')
  const [tried, setTried] = useState(false)
  const number: ExemptNumber = { prefix: prefix.trim(), digits: Number(digits) }
  const isFine = /^\d{3,}$/.test(number.prefix) && number.prefix.length <= number.digits
  const add = () => {
    setTried(true)
    if (!isFine) return
    edit({ exempt_numbers: [...org.exempt_numbers.filter((one) => one.prefix !== number.prefix || one.digits !== number.digits), number] })
    setPrefix('')
    setTried(false)
  }
  return (
    <>
      {org.exempt_numbers.length === 0 ? (
        <p className={styles.quiet}>{settingsText.privacy.exemptEmpty}</p>
      ) : (
        <ul className={styles.chips}>
          {org.exempt_numbers.map((one) => {
            const words = settingsText.privacy.exemptOf(one.prefix, one.digits)
            return (
              <li key={words}>
                <Chip {...(may ? { onRemove: () => edit({ exempt_numbers: org.exempt_numbers.filter((other) => other !== one) }), removeLabel: settingsText.privacy.denyRemove(words) } : {})}>{words}</Chip>
              </li>
            )
          })}
        </ul>
      )}
      {may && (
        <form
          className={styles.adder}
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <TextField label={settingsText.privacy.prefix} value={prefix} onChange={setPrefix} inputMode="numeric" maxLength={19} placeholder="4600" error={tried && !isFine ? settingsText.privacy.exemptBad : undefined} />
          <Select label={settingsText.privacy.digits} value={digits} onChange={setDigits} choices={Array.from({ length: 8 }, (_, i) => ({ id: String(i + 12), name: String(i + 12) }))} />
          <Button icon={<Plus />} type="submit">
            {settingsText.privacy.add}
          </Button>
        </form>
      )}
      {saving.kind !== 'still' && <SavingNote saving={saving} />}
    </>
  )
}

function BrowserClips({ org, may }: { org: Org; may: boolean }) {
  const { saving, edit } = useOrgEdit(org)
  return (
    <>
      <Switch on={org.browser_clips} onChange={(browser_clips) => edit({ browser_clips })} disabled={!may}>
        {settingsText.privacy.browserOn}
      </Switch>
      <SavingNote saving={saving} />
    </>
  )
}

function MaskContacts({ org, may }: { org: Org; may: boolean }) {
  const { saving, edit } = useOrgEdit(org)
  return (
    <>
      <Switch on={org.mask_contacts} onChange={(mask_contacts) => edit({ mask_contacts })} disabled={!may}>
        {settingsText.privacy.contactsOn}
      </Switch>
      <p className={styles.quiet}>{settingsText.privacy.contactsHint}</p>
      {saving.kind !== 'still' && <SavingNote saving={saving} />}
    </>
  )
}

function Keep({ org, may }: { org: Org; may: boolean }) {
  const { saving, edit } = useOrgEdit(org)
  const days = [...new Set([...DAYS, org.keep_media_days])].sort((a, b) => a - b)
  return (
    <>
      <Select
        label={text.rules.keep}
        value={String(org.keep_media_days)}
        onChange={(value) => edit({ keep_media_days: Number(value) })}
        disabled={!may}
        choices={days.map((days) => ({ id: String(days), name: settingsText.privacy.keepDays(days) }))}
      />
      {saving.kind !== 'still' && <SavingNote saving={saving} />}
    </>
  )
}
