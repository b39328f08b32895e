/** A call at a time: promised by a helper, or wished by the asker. The desk owes it until it was made. */

import { useState } from 'react'
import type { Request } from '../../protocol/wire'
import { useCommands, useMe, useNow } from '../../replica/hooks'
import { text } from '../../text'
import { useCalendar } from './calendar'
import { Form } from './Form'
import { firstProposal, WhenField } from './WhenField'

export function CallbackForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const me = useMe()
  const commands = useCommands()
  const now = useNow()
  const calendar = useCalendar(request.desk)
  const [at, setAt] = useState(() => calendar && firstProposal(calendar, now))
  if (!calendar) return null
  return (
    <Form
      hint={text.callback.hint}
      sendLabel={request.asker === me ? text.callback.sendMine : text.callback.send}
      isReady={at !== undefined && at > now}
      onSend={() => commands.promiseCallback({ request: request.id, at: at ?? now })}
      onClose={onClose}
    >
      <WhenField label={text.callback.label} calendar={calendar} now={now} onChange={(at) => setAt(at ?? undefined)} />
    </Form>
  )
}
