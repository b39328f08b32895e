/** Where my calendar is, so that a meeting is seen without a word: an address that is read, or a file. Nobody is shown either. */

import { useRef, useState } from 'react'
import { Button, TextField } from '../../kit'
import type { Person } from '../../protocol/wire'
import { useCommands, useNow } from '../../replica/hooks'
import { moment } from '../../text'
import { calendarText as words } from '../../text/calendar'
import { SaveBar, useSaving } from './parts'
import styles from './Settings.module.css'

/** As the server allows. */
const LARGEST = 1 << 20

export function CalendarForm({ me }: { me: Person }) {
  const commands = useCommands()
  const now = useNow(60_000)
  const { saving, save } = useSaving()
  const [address, setAddress] = useState('')
  const [trouble, setTrouble] = useState<string>()
  const file = useRef<HTMLInputElement>(null)
  const typed = address.trim()
  const isWrong = typed !== '' && !/^(https|http|webcal):\/\/\S+$/.test(typed)
  const name = (source: string, done?: () => void) => save(commands.setCalendar({ person: me.id, source }), done)
  const keep = () => {
    if (typed === '' || isWrong) return
    // Nobody is shown the address again, so it stays until the server has it.
    name(typed, () => setAddress((now) => (now.trim() === typed ? '' : now)))
  }
  const upload = async (chosen: File | undefined) => {
    if (!chosen) return
    const text = chosen.size > LARGEST ? '' : (await chosen.text()).trim()
    const isCalendar = text.startsWith('BEGIN:VCALENDAR')
    setTrouble(isCalendar ? undefined : words.noFile)
    if (isCalendar) name(text)
  }
  const busy = me.busy_until !== null && me.busy_until > now ? words.busy(moment(me.busy_until, now)) : undefined
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        keep()
      }}
    >
      <p className={styles.quiet} role="status">
        {[words.state[me.calendar], busy].filter(Boolean).join(' ')}
      </p>
      <TextField label={words.address} hint={words.addressHint} value={address} onChange={setAddress} error={isWrong ? words.noAddress : trouble} inputMode="url" />
      <div>
        <input ref={file} type="file" accept=".ics,text/calendar" hidden aria-label={words.file} onChange={(event) => void upload(event.target.files?.[0])} />
        <Button onPress={() => file.current?.click()}>{words.file}</Button>
        {me.calendar !== 'none' && (
          <Button tone="quiet" onPress={() => name('')}>
            {words.remove}
          </Button>
        )}
      </div>
      <SaveBar saving={saving} dirty={typed !== ''} wrong={isWrong} onSave={keep} onDiscard={() => setAddress('')} />
    </form>
  )
}
