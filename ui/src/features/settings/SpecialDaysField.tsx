/** Days on which a desk does not keep its week: holidays, half days, a Saturday that is worked. */

import { CalendarPlus, X } from 'lucide-react'
import { useRefocus } from '../../app/refocus'
import { Button, IconButton, TextField } from '../../kit'
import { settingsText } from '../../text/settings'
import { Stretches } from './HoursField'
import { dayProblem, type DayDraft, type DayProblem } from './specialDays'
import looks from './Hours.module.css'
import styles from './Settings.module.css'

const words = settingsText.special
const PROBLEMS: Record<DayProblem, string | undefined> = { date: words.noDate, twice: words.twice, hours: undefined }

export function SpecialDaysField({ days, onChange, disabled }: { days: readonly DayDraft[]; onChange: (days: DayDraft[]) => void; disabled: boolean }) {
  const set = (index: number, change: Partial<DayDraft>) => onChange(days.map((old, i) => (i === index ? { ...old, ...change } : old)))
  const { place, removed } = useRefocus<HTMLFieldSetElement>()
  return (
    <fieldset ref={place} className={looks.specials} disabled={disabled}>
      <legend className={looks.legend}>{words.title}</legend>
      <p className={styles.quiet}>{days.length === 0 ? words.none : words.hint}</p>
      {days.map((day, index) => {
        const problem = dayProblem(days, index)
        const name = day.name || day.date || words.nth(index + 1)
        return (
          <div key={index} className={looks.special} data-item>
            <TextField
              label={words.date(index + 1)}
              quietLabel
              type="date"
              placeholder="2026-12-24"
              value={day.date}
              isDisabled={disabled}
              onChange={(date) => set(index, { date })}
              error={problem && (day.date !== '' || problem === 'twice') ? PROBLEMS[problem] : undefined}
              autoFocus={day.date === ''}
            />
            <TextField label={words.name(index + 1)} quietLabel placeholder={words.namePlaceholder} value={day.name} isDisabled={disabled} maxLength={100} onChange={(name) => set(index, { name })} />
            <div className={looks.specialHours}>
              <Stretches name={name} day={day.stretches} disabled={disabled} onChange={(stretches) => set(index, { stretches })} />
            </div>
            {!disabled && (
              <IconButton label={words.remove(name)} data-keep small onPress={() => (onChange(days.filter((_, i) => i !== index)), removed(index))}>
                <X />
              </IconButton>
            )}
          </div>
        )
      })}
      {!disabled && (
        <div>
          <Button small data-add icon={<CalendarPlus />} onPress={() => onChange([...days, { date: '', name: '', stretches: [] }])}>
            {words.add}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
