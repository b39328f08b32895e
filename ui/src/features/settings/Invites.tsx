/** Invitations that can still be used. The links themselves are known only to whoever made them. */

import { useState } from 'react'
import { Link2, UserRound } from 'lucide-react'
import { Button, Dialog, toast } from '../../kit'
import type { InviteId } from '../../protocol/wire'
import { useCommands, useNow, useReplica } from '../../replica/hooks'
import { day, firstName, text } from '../../text'
import { settingsText } from '../../text/settings'
import { SavingNote, useSaving } from './parts'
import styles from './Settings.module.css'

export function Invites() {
  const now = useNow()
  const [taking, setTaking] = useState<InviteId | undefined>()
  const all = useReplica((replica) => [...replica.invites.values()])
  const open = all.filter(({ revoked, uses_left, expires_at }) => !revoked && uses_left > 0 && expires_at > now).sort((a, b) => a.expires_at - b.expires_at)
  if (open.length === 0) return <p className={styles.quiet}>{text.people.none}</p>
  return (
    <>
      <ul className={styles.rows}>
        {open.map(({ id }) => (
          <Line key={id} id={id} onRevoke={() => setTaking(id)} />
        ))}
      </ul>
      {taking && <Revoke id={taking} onClose={() => setTaking(undefined)} />}
    </>
  )
}

function Line({ id, onRevoke }: { id: InviteId; onRevoke: () => void }) {
  const invite = useReplica((replica) => replica.invites.get(id))
  const maker = useReplica((replica) => (invite ? replica.people.get(invite.made_by) : undefined))
  if (!invite) return null
  const name = invite.label || settingsText.people.team
  return (
    <li className={styles.row}>
      <span className={styles.rowIcon}>{invite.label ? <UserRound aria-hidden="true" /> : <Link2 aria-hidden="true" />}</span>
      <span className={styles.rowWords}>
        <strong>
          {name}, {text.role[invite.role].toLowerCase()}
        </strong>
        <span className={styles.quiet}>
          {text.people.until(day(invite.expires_at), settingsText.people.usesLeft(invite.uses_left))}
          {maker && `, ${settingsText.people.madeBy(firstName(maker.name))}`}
        </span>
      </span>
      <Button small aria-label={`${text.people.revoke}: ${name}`} onPress={onRevoke}>
        {text.people.revoke}
      </Button>
    </li>
  )
}

function Revoke({ id, onClose }: { id: InviteId; onClose: () => void }) {
  const commands = useCommands()
  const { saving, save } = useSaving()
  const revoke = () =>
    save(commands.revokeInvite({ invite: id }), () => {
      toast({ title: settingsText.people.revoked })
      onClose()
    })
  return (
    <Dialog
      open
      onClose={onClose}
      title={settingsText.people.revokeSure}
      width="narrow"
      actions={
        <>
          <Button onPress={onClose}>{text.common.cancel}</Button>
          <Button tone="danger" autoFocus onPress={revoke}>
            {text.people.revoke}
          </Button>
        </>
      }
    >
      <div className={styles.dialogBody}>
        <p>{settingsText.people.revokeHint}</p>
        {saving.kind !== 'still' && <SavingNote saving={saving} />}
      </div>
    </Dialog>
  )
}
