/** When I want to be left in peace: the same hours every day, in the time zone of this machine. */

import { clockTime, minutes } from '../../hours/typed'
import { Switch, TextField } from '../../kit'
import type { Person } from '../../protocol/wire'
import { useCommands } from '../../replica/hooks'
import { settingsText } from '../../text/settings'
import { SaveBar, useSaving } from './parts'
import { useTyped } from './useTyped'
import hours from './Hours.module.css'
import styles from './Settings.module.css'

const EVENING = { from: 18 * 60, to: 8 * 60 }

export function QuietForm({ me }: { me: Person }) {
  const words = settingsText.profile
  const commands = useCommands()
  const { saving, save } = useSaving()
  const known = me.quiet ?? EVENING
  const [on, setOn, dropOn] = useTyped(me.quiet !== null)
  const [from, setFrom, dropFrom] = useTyped(clockTime(known.from))
  const [to, setTo, dropTo] = useTyped(clockTime(known.to))
  const [start, end] = [minutes(from), minutes(to)]
  const isWrong = on && (start === undefined || end === undefined || start % 1440 === end % 1440)
  const dirty = on !== (me.quiet !== null) || (on && (start !== known.from || end !== known.to))
  const keep = () => {
    if (!on) return save(commands.setQuietHours({ hours: null }))
    if (start === undefined || end === undefined || isWrong) return
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    save(commands.setQuietHours({ hours: { from: start % 1440, to: end % 1440, zone } }))
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (dirty) keep()
      }}
    >
      <Switch on={on} onChange={setOn}>
        {words.quietOn}
      </Switch>
      {on && (
        <div className={hours.stretch}>
          <TextField label={words.quietFrom} value={from} onChange={setFrom} error={isWrong ? words.quietForm : undefined} inputMode="numeric" />
          <TextField label={words.quietTo} value={to} onChange={setTo} inputMode="numeric" />
        </div>
      )}
      {me.quiet_now && <p className={styles.quiet}>{words.quietNow}</p>}
      <SaveBar saving={saving} dirty={dirty} wrong={isWrong} onSave={keep} onDiscard={() => (dropOn(), dropFrom(), dropTo())} />
    </form>
  )
}
