/** Makes a link to join by. The secret is made here and shown once; the server gets its fingerprint. */

import { useState } from 'react'
import { ShieldAlert } from 'lucide-react'
import { Button, Dialog, Note, Select, TextField } from '../../kit'
import type { InviteId, Role } from '../../protocol/wire'
import { useCommands, useHost } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { CopyField } from './CopyField'
import { Choices, SavingNote, useSaving } from './parts'
import { fingerprint, freshSecret, inviteLink } from './secret'
import styles from './Settings.module.css'

const DAYS = [1, 3, 7, 14, 30, 90]
const USES = [5, 10, 25, 50, 100, 500]

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const host = useHost()
  const commands = useCommands()
  const { saving, save } = useSaving()
  const [kind, setKind] = useState<'team' | 'single'>('team')
  const [label, setLabel] = useState('')
  const [tried, setTried] = useState(false)
  const [role, setRole] = useState<Role>('agent')
  const [days, setDays] = useState(7)
  const [uses, setUses] = useState(25)
  const [link, setLink] = useState<string | undefined>()
  const isNameless = kind === 'single' && label.trim() === ''

  const make = async () => {
    const secret = freshSecret()
    const [secret_hash, hello] = await Promise.all([fingerprint(secret), host.account.hello()])
    await commands.makeInvite({ invite: host.id<InviteId>(), secret_hash, role, label: kind === 'single' ? label.trim() : '', uses: kind === 'single' ? 1 : uses, days })
    setLink(inviteLink(hello.public_url, secret, hello.pin))
  }
  const submit = () => {
    setTried(true)
    if (!isNameless) save(make())
  }

  if (link) {
    return (
      <Dialog open onClose={onClose} title={settingsText.people.linkReady} actions={<Button onPress={onClose}>{text.common.close}</Button>}>
        <div className={styles.dialogBody}>
          <CopyField label={settingsText.people.linkLabel} value={link} />
          <p className={styles.quiet}>{text.people.ready}</p>
          {role === 'admin' && <Note tone="live" icon={<ShieldAlert />}>{settingsText.people.warnAdmin}</Note>}
        </div>
      </Dialog>
    )
  }
  if (!globalThis.isSecureContext) {
    return (
      <Dialog open onClose={onClose} title={text.people.inviteTitle} width="narrow">
        <div className={styles.dialogBody}>
          <Note tone="danger" role="alert">{settingsText.people.insecure}</Note>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={settingsText.people.inviteNew}
      actions={
        <>
          <Button onPress={onClose}>{text.common.cancel}</Button>
          <Button tone="primary" isDisabled={saving.kind === 'sending'} onPress={submit}>
            {text.people.make}
          </Button>
        </>
      }
    >
      <form
        className={styles.dialogBody}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Choices
          label={settingsText.people.kind}
          columns
          value={kind}
          onChange={(kind) => (setKind(kind), setDays(kind === 'single' ? 3 : 7))}
          choices={[
            { id: 'team', name: text.people.team, hint: text.people.teamHint },
            { id: 'single', name: text.people.single, hint: settingsText.people.singleHint },
          ]}
        />
        {kind === 'single' && (
          <TextField autoFocus label={text.people.for} hint={text.people.forHint} value={label} onChange={setLabel} maxLength={100} error={tried && isNameless ? settingsText.people.forNeeded : undefined} />
        )}
        <div className={styles.columns}>
          <Select label={text.people.role} value={role} onChange={setRole} choices={(['agent', 'lead', 'admin'] as const).map((id) => ({ id, name: text.role[id], hint: text.roleHint[id] }))} />
          <Select label={text.people.days} value={String(days)} onChange={(value) => setDays(Number(value))} choices={DAYS.map((days) => ({ id: String(days), name: text.people.daysOf(days) }))} />
          {kind === 'team' && (
            <Select label={text.people.uses} value={String(uses)} onChange={(value) => setUses(Number(value))} choices={USES.map((uses) => ({ id: String(uses), name: text.people.usesOf(uses) }))} />
          )}
        </div>
        {role === 'admin' && <Note tone="live" icon={<ShieldAlert />}>{settingsText.people.warnAdmin}</Note>}
        {saving.kind !== 'still' && <SavingNote saving={saving} />}
      </form>
    </Dialog>
  )
}
