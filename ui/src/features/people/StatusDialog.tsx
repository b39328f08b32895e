/** Whether one can be reached, and until when: said once, over by itself. */

import { useState } from 'react'
import { Dialog } from '../../kit'
import { store } from '../../host/store'
import type { Person, Status } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReadable } from '../../replica/hooks'
import { text } from '../../text'
import { Form } from '../care/Form'
import { WhenField } from '../care/WhenField'
import { Choices } from '../settings/parts'

const open = store(false)
const STATUSES: readonly Status[] = ['on_call', 'away', 'off']

export function openStatus(): void {
  open.set(true)
}

export function StatusDialog() {
  const shown = useReadable(open)
  const me = usePerson(useMe())
  const close = () => open.set(false)
  return (
    <Dialog open={shown} onClose={close} title={text.presence.title} width="narrow">
      {me && <StatusUntil me={me} onClose={close} />}
    </Dialog>
  )
}

function StatusUntil({ me, onClose }: { me: Person; onClose: () => void }) {
  const commands = useCommands()
  const now = useNow()
  const [status, setStatus] = useState<Status>(me.status === 'available' ? 'away' : me.status)
  const [until, setUntil] = useState<number | null | undefined>(null)
  return (
    <Form
      hint={text.reach.chooseHint}
      sendLabel={text.palette.setStatus(text.status[status])}
      isReady={until === null || (until !== undefined && until > now)}
      onSend={() => commands.setStatus({ status, until: until ?? null })}
      onClose={onClose}
    >
      <Choices label={text.presence.title} quietLabel value={status} onChange={setStatus} choices={STATUSES.map((id) => ({ id, name: text.status[id], hint: text.statusHint[id] }))} />
      <WhenField label={text.reach.choose} now={now} openEnd={text.reach.openEnd} onChange={setUntil} />
    </Form>
  )
}
