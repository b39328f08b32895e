/** Everything that happens when somebody is deactivated, said before it happens. */

import { useCallback } from 'react'
import { Button, Dialog, toast } from '../../kit'
import type { PersonId } from '../../protocol/wire'
import { useCommands, useMe, usePerson, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { settingsText } from '../../text/settings'
import { SavingNote, useSaving } from './parts'
import styles from './Settings.module.css'

export function DeactivateDialog({ id, onClose }: { id: PersonId; onClose: () => void }) {
  const commands = useCommands()
  const person = usePerson(id)
  const me = useMe()
  const consequences = useReplica(useCallback((replica: Replica) => consequencesOf(replica, id, me), [id, me]))
  const { saving, save } = useSaving()
  if (!person) return null
  const name = firstName(person.name)
  const deactivate = () =>
    save(commands.deactivate({ person: id }), () => {
      toast({ title: settingsText.people.deactivatedNow(person.name), action: { name: text.people.reactivate, act: () => void commands.reactivate({ person: id }) } })
      onClose()
    })
  return (
    <Dialog
      open
      onClose={onClose}
      title={settingsText.people.deactivate.title(person.name)}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {text.common.cancel}
          </Button>
          <Button tone="danger" isDisabled={saving.kind === 'sending'} onPress={deactivate}>
            {text.people.deactivate}
          </Button>
        </>
      }
    >
      <div className={styles.dialogBody}>
        <p>{settingsText.people.deactivate.lead}</p>
        <ul className={styles.points}>
          <li>{settingsText.people.deactivate.sessions(name)}</li>
          {consequences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <p className={styles.quiet}>{settingsText.people.deactivate.stays}</p>
        {saving.kind !== 'still' && <SavingNote saving={saving} />}
      </div>
    </Dialog>
  )
}

/** As the server decides it (`domain::decide::person`), as far as this admin may see. */
function consequencesOf(replica: Replica, id: PersonId, me: PersonId): string[] {
  const words = settingsText.people.deactivate
  const sentences: string[] = []
  const open = [...replica.requests.values()].filter(({ owner, state }) => owner === id && state !== 'solved' && state !== 'withdrawn')
  sentences.push(open.length > 0 ? words.requests(open.length) : words.noRequests)
  for (const desk of replica.desks.values()) {
    if (desk.owner !== id) continue
    const named = desk.helpers.kind === 'these' ? desk.helpers.people : []
    const next = named.find((person) => person !== id && replica.people.get(person)?.active) ?? me
    sentences.push(words.desk(desk.name, next === me ? text.common.you : (replica.people.get(next)?.name ?? text.common.someone)))
  }
  const invites = [...replica.invites.values()].filter(({ made_by, revoked, uses_left }) => made_by === id && !revoked && uses_left > 0)
  if (invites.length > 0) sentences.push(words.invites(invites.length))
  if ([...replica.calls.values()].some(({ caller, callee, state }) => (caller === id || callee === id) && ['ringing', 'soon', 'accepted', 'joined'].includes(state))) sentences.push(words.calls)
  return sentences
}
