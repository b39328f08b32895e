/** What is said in words alone: why it is critical, what was learnt, where to look next time, what came out of a call. */

import { useState } from 'react'
import { TextField } from '../../kit'
import type { Request } from '../../protocol/wire'
import { useCommands, useNow, usePerson } from '../../replica/hooks'
import { firstName, moment, text } from '../../text'
import { useMask } from '../composer/MaskLine'
import { Form } from './Form'

export type Line = 'critical' | 'review' | 'nextTime' | 'followUp'

export function LineForm({ request, line, onClose }: { request: Request; line: Line; onClose: () => void }) {
  const commands = useCommands()
  const now = useNow()
  const asker = usePerson(request.asker)
  const [words, setWords] = useState(line === 'nextTime' ? request.care.next_time : '')
  const mask = useMask(words, { ibansMayStay: false })
  const id = request.id
  const until = request.care.follow_up?.until ?? now
  const forms = {
    critical: { hint: text.critical.hint, label: text.critical.line, send: text.critical.send, act: () => commands.markCritical({ request: id, reason: mask.masked }) },
    review: { hint: text.critical.reviewHint, label: text.critical.reviewLine, send: text.critical.reviewSend, act: () => commands.reviewCritical({ request: id, text: mask.masked }) },
    nextTime: { hint: text.nextTime.hint, label: text.nextTime.line, send: text.nextTime.send, act: () => commands.pointNextTime({ request: id, text: mask.masked }) },
    followUp: { hint: text.owed.followUpOf(firstName(asker?.name ?? ''), moment(until, now)), label: text.followUp.line, send: text.followUp.send, act: () => commands.followUpDone({ request: id, text: mask.masked }) },
  }
  const { hint, label, send, act } = forms[line]
  const isReady = line === 'nextTime' ? words.trim() !== request.care.next_time : words.trim() !== ''
  return (
    <Form hint={hint} sendLabel={send} isReady={isReady} tone={line === 'critical' ? 'live' : 'primary'} mask={mask} onSend={act} onClose={onClose}>
      <TextField label={label} value={words} onChange={setWords} maxLength={line === 'review' ? 2000 : 300} autoFocus {...(line === 'review' && { rows: 4 })} />
    </Form>
  )
}
