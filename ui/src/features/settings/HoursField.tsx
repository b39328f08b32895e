/** Opening hours, a week with several stretches a day: lunch is a gap, not a promise. */

import { Copy, Plus, X } from 'lucide-react'
import { clockTime, minutes } from '../../hours/typed'
import { Button, IconButton, Menu, TextField } from '../../kit'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { ALWAYS, copied, nextStretch, OFFICE, problemOf, type Problem, type Stretch, type Week } from './hours'
import hours from './Hours.module.css'
import styles from './Settings.module.css'

const PROBLEMS: Record<Problem, string> = { form: settingsText.desks.hoursForm, order: settingsText.desks.hoursOrder, overlap: settingsText.desks.hoursOverlap }

/** `optional`: no hours at all say nothing, instead of being wrong. */
export function HoursField({ week, onChange, disabled, optional = false }: { week: Week; onChange: (week: Week) => void; disabled: boolean; optional?: boolean }) {
  const set = (day: number, stretches: readonly Stretch[]) => onChange(week.map((old, i) => (i === day ? stretches : old)))
  const isEmpty = week.every((day) => day.length === 0)
  return (
    <fieldset className={hours.hours} disabled={disabled}>
      <legend className="unseen">{text.desks.hours}</legend>
      {week.map((day, index) => (
        <Day key={index} name={text.desks.weekdays[index] ?? ''} day={day} disabled={disabled} onChange={(stretches) => set(index, stretches)} />
      ))}
      {isEmpty && !optional && <p className={styles.error}>{settingsText.desks.hoursEmpty}</p>}
      {!disabled && (
        <div>
          <Menu
            label={text.desks.hours}
            actions={[
              { id: 'days', name: settingsText.desks.copyDays, act: () => onChange(copied(week, 0, [1, 2, 3, 4])) },
              { id: 'week', name: settingsText.desks.copyWeek, act: () => onChange(copied(week, 0, [1, 2, 3, 4, 5, 6])) },
              { id: 'office', name: settingsText.desks.office, act: () => onChange(OFFICE) },
              { id: 'always', name: settingsText.desks.always, act: () => onChange(ALWAYS) },
            ]}
          >
            <Button small icon={<Copy />}>
              {settingsText.desks.fill}
            </Button>
          </Menu>
        </div>
      )}
    </fieldset>
  )
}

interface DayProps {
  name: string
  day: readonly Stretch[]
  disabled: boolean
  onChange: (day: readonly Stretch[]) => void
}

function Day(props: DayProps) {
  return (
    <div className={hours.day}>
      <span className={hours.dayName}>{props.name}</span>
      <Stretches {...props} />
    </div>
  )
}

/** The stretches of one day, and how one more is added. */
export function Stretches({ name, day, disabled, onChange }: DayProps) {
  const change = (index: number, stretch: Stretch) => onChange(day.map((old, i) => (i === index ? stretch : old)))
  const tidy = (index: number, { from, to }: Stretch) => {
    const time = (typed: string) => {
      const value = minutes(typed)
      return value === undefined ? typed : clockTime(value)
    }
    change(index, { from: time(from), to: time(to) })
  }
  return (
    <>
      <div className={hours.stretches}>
        {day.length === 0 && <span className={styles.quiet}>{text.desks.closedDay}</span>}
        {day.map((stretch, index) => {
          const problem = problemOf(day, index)
          return (
            <div key={index} className={hours.stretch}>
              <TextField
                label={settingsText.desks.fromOf(name, index + 1)}
                quietLabel
                value={stretch.from}
                isDisabled={disabled}
                onChange={(from) => change(index, { ...stretch, from })}
                onBlur={() => tidy(index, stretch)}
                error={problem && PROBLEMS[problem]}
                inputMode="numeric"
              />
              <span aria-hidden="true">–</span>
              <TextField
                label={settingsText.desks.toOf(name, index + 1)}
                quietLabel
                value={stretch.to}
                isDisabled={disabled}
                onChange={(to) => change(index, { ...stretch, to })}
                onBlur={() => tidy(index, stretch)}
                inputMode="numeric"
              />
              {!disabled && (
                <IconButton label={settingsText.desks.removeOf(name, index + 1)} small onPress={() => onChange(day.filter((_, i) => i !== index))}>
                  <X />
                </IconButton>
              )}
            </div>
          )
        })}
      </div>
      {!disabled && (
        <IconButton label={settingsText.desks.addOf(name)} small onPress={() => onChange([...day, nextStretch(day)])}>
          <Plus />
        </IconButton>
      )}
    </>
  )
}
