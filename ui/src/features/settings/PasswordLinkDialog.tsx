/** A link for somebody who forgot the password; no mail is needed, the admin hands it over. */

import { useState } from 'react'
import { Button, Dialog } from '../../kit'
import type { OneTimeLink, PersonId } from '../../protocol/wire'
import { useHost, usePerson } from '../../replica/hooks'
import { fullWhen, text } from '../../text'
import { settingsText } from '../../text/settings'
import { CopyField } from './CopyField'
import { SavingNote, useSaving } from './parts'
import styles from './Settings.module.css'

export function PasswordLinkDialog({ id, onClose }: { id: PersonId; onClose: () => void }) {
  const { account } = useHost()
  const person = usePerson(id)
  const { saving, save } = useSaving()
  const [made, setMade] = useState<OneTimeLink | undefined>()
  if (!person) return null
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${text.people.passwordLink}: ${person.name}`}
      actions={
        made ? (
          <Button onPress={onClose}>{text.common.close}</Button>
        ) : (
          <>
            <Button onPress={onClose}>{text.common.cancel}</Button>
            <Button tone="primary" autoFocus isDisabled={saving.kind === 'sending'} onPress={() => save(account.passwordLink(id).then(setMade))}>
              {settingsText.people.makePasswordLink}
            </Button>
          </>
        )
      }
    >
      <div className={styles.dialogBody}>
        {made ? (
          <>
            <CopyField label={text.people.passwordLink} value={made.link} />
            <p className={styles.quiet}>
              {text.people.passwordReady(person.name)} {settingsText.people.passwordUntil(fullWhen(made.expires_at))}.
            </p>
          </>
        ) : (
          <>
            <p>{settingsText.people.passwordLinkHint}</p>
            {saving.kind !== 'still' && <SavingNote saving={saving} />}
          </>
        )}
      </div>
    </Dialog>
  )
}
