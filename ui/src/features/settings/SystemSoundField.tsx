/**
 * Whether clips for a desk may hold what the computer plays. An admin allows it and says what for; its owner can end it.
 * Each is done at once and not with the rest of the page: a reason belongs to one decision, not to a form.
 */

import { useState } from 'react'
import { Volume2 } from 'lucide-react'
import { Button, Note, TextField, toast } from '../../kit'
import type { Desk } from '../../protocol/wire'
import { useCommands, usePerson } from '../../replica/hooks'
import { day, text } from '../../text'
import { SavingNote, Section, useRights, useSaving } from './parts'
import styles from './Settings.module.css'

const words = text.desks.systemSound

export function SystemSoundField({ desk, may }: { desk: Desk; may: boolean }) {
  const { isAdmin } = useRights()
  const commands = useCommands()
  const { saving, save } = useSaving()
  const allowed = desk.system_sound
  const by = usePerson(allowed?.by)
  const [reason, setReason] = useState<string | undefined>()
  const [tried, setTried] = useState(false)
  const typed = reason?.trim() ?? ''
  const leave = () => {
    setReason(undefined)
    setTried(false)
  }
  const allow = () => {
    setTried(true)
    if (typed) save(commands.allowSystemSound({ desk: desk.id, reason: typed }), leave)
  }
  const forbid = () => save(commands.forbidSystemSound({ desk: desk.id }), () => toast({ title: words.forbidden }))

  return (
    <Section title={words.title} hint={words.hint}>
      {allowed ? (
        <>
          <Note icon={<Volume2 aria-hidden="true" />} tone="live">
            {words.allowed(by?.name ?? text.common.someone, day(allowed.since))} <strong>{allowed.reason}</strong>
          </Note>
          <p className={styles.quiet}>{words.asked}</p>
        </>
      ) : (
        <p className={styles.quiet}>
          {words.off} {!isAdmin && words.onlyAdmin}
        </p>
      )}
      {reason === undefined ? (
        <div className={styles.buttons}>
          {isAdmin && <Button onPress={() => setReason(allowed?.reason ?? '')}>{allowed ? words.change : words.allow}</Button>}
          {allowed && may && (
            <Button tone="danger" isDisabled={saving.kind === 'sending'} onPress={forbid}>
              {words.forbid}
            </Button>
          )}
        </div>
      ) : (
        <>
          <TextField label={words.reason} hint={words.reasonHint} value={reason} onChange={setReason} error={tried && !typed ? words.reasonNeeded : undefined} maxLength={300} autoFocus />
          <div className={styles.buttons}>
            <Button tone="primary" isDisabled={saving.kind === 'sending'} onPress={allow}>
              {words.allow}
            </Button>
            <Button onPress={leave}>{text.common.cancel}</Button>
          </div>
        </>
      )}
      <SavingNote saving={saving} />
    </Section>
  )
}
