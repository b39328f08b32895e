/** When: a proposal at which the desk is open, or a day and a time as one types them. What can't be is said beside it. */

import { useState } from 'react'
import { Select, TextField } from '../../kit'
import type { Calendar } from '../../hours/calendar'
import { against, onDay, proposals } from '../../hours/moments'
import { clockTime, minutes } from '../../hours/typed'
import { dayAhead, moment, text } from '../../text'
import styles from './Care.module.css'

const OTHER = 'other'
const OPEN_END = 'open'
const DAYS = 14
const words = text.at

export interface WhenProps {
  label: string
  /** When it may be; without one, at any time. */
  calendar?: Calendar
  now: number
  /** The name of "no end"; it is chosen at first then. */
  openEnd?: string
  /** Nothing while what was typed is no time that can be promised; null without an end. */
  onChange: (at: number | null | undefined) => void
}

type Open = Pick<Calendar, 'isOpen' | 'nextOpen' | 'nextClose'>
const ANY_TIME: Open = { isOpen: () => true, nextOpen: (at) => at, nextClose: () => null }

/** The first proposal, for whoever keeps the value. */
export function firstProposal(calendar: Calendar, now: number): number | undefined {
  return proposals(calendar, now)[0]?.at
}

export function WhenField({ label, calendar: given, now, openEnd, onChange }: WhenProps) {
  const calendar: Open = given ?? ANY_TIME
  // What is offered stays as it is under the pointer; only whether it still lies ahead is looked at again.
  const [offered] = useState(() => proposals(calendar, now))
  const [chosen, choose] = useState<string>(() => (openEnd ? OPEN_END : String(offered[0]?.at ?? OTHER)))
  const [day, setDay] = useState('0')
  const [time, setTime] = useState('')
  const [tried, setTried] = useState(false)
  const atOf = (day: string, time: string) => {
    const minute = minutes(time)
    return minute === undefined ? undefined : onDay(now, Number(day), minute)
  }
  const tell = (at: number | undefined) => onChange(at !== undefined && against(calendar, now, at) === undefined ? at : undefined)
  const own = atOf(day, time)
  const wrong = own === undefined ? undefined : against(calendar, now, own)
  const opens = own === undefined ? null : calendar.nextOpen(own)
  const problem = own === undefined ? (tried && time !== '' ? words.form : undefined) : wrong === 'past' ? words.past : wrong === 'closed' ? (opens === null ? words.closedForGood : words.closed(moment(opens, now))) : undefined
  return (
    <>
      <Select
        label={label}
        value={chosen}
        onChange={(id) => {
          choose(id)
          if (id === OPEN_END) onChange(null)
          else tell(id === OTHER ? own : Number(id))
        }}
        choices={[
          ...(openEnd ? [{ id: OPEN_END, name: openEnd }] : []),
          ...offered.map(({ at, minutes }) => ({ id: String(at), name: minutes === undefined ? words.opens(moment(at, now)) : words.in(minutes, moment(at, now)) })),
          { id: OTHER, name: words.other },
        ]}
      />
      {chosen === OTHER && (
        <div className={styles.when}>
          <Select
            label={words.day}
            value={day}
            onChange={(day) => {
              setDay(day)
              tell(atOf(day, time))
            }}
            choices={Array.from({ length: DAYS }, (_, days) => ({ id: String(days), name: dayName(now, days) }))}
          />
          <TextField
            label={words.time}
            value={time}
            autoFocus
            inputMode="numeric"
            placeholder="14:30"
            onChange={(time) => {
              setTime(time)
              tell(atOf(day, time))
            }}
            onBlur={() => {
              setTried(true)
              const minute = minutes(time)
              if (minute !== undefined) setTime(clockTime(minute))
            }}
            error={problem}
          />
        </div>
      )}
    </>
  )
}

function dayName(now: number, days: number): string {
  if (days < 2) return days === 0 ? words.today : words.tomorrow
  return dayAhead(onDay(now, days, 12 * 60) ?? now)
}
