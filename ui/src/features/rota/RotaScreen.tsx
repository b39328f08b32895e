/** Who is on duty at a desk, week by week: a picture of each day, its slots to type, and its hours without anybody. */

import { useCallback, useState } from 'react'
import { CalendarClock, Copy, Plus, TriangleAlert, X } from 'lucide-react'
import { useRefocus } from '../../app/refocus'
import { go } from '../../app/router'
import { Avatar, Button, EmptyState, IconButton, Menu, Note, Select, Skeleton, TextField } from '../../kit'
import { clockTime, minutes } from '../../hours/typed'
import type { Desk, DeskId, Person, PersonId } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, list, moment, text } from '../../text'
import { useCalendar } from '../care/calendar'
import { isResponsible } from '../care/rights'
import { helpsAt } from '../inbox/groups'
import { AffectedNote } from '../settings/AffectedNote'
import { SaveBar, useSaving } from '../settings/parts'
import { DayPicture } from './DayPicture'
import { Gaps } from './Gaps'
import { dayOf, draftOf, extent, onDuty, slotProblem, slotsOf, type SlotDraft, type SlotProblem, type Span, type WeekDraft } from './week'
import styles from './Rota.module.css'

const words = text.rota
const PROBLEMS: Record<SlotProblem, string> = { form: words.form, order: words.order, overlap: words.overlap }

export function RotaScreen({ desk: wanted }: { desk: DeskId | undefined }) {
  const me = useMe()
  const loaded = useReplica((replica) => replica.loaded)
  const desks = useReplica(useCallback((replica: Replica) => [...replica.desks.values()].filter((desk) => !desk.closed).sort((a, b) => a.name.localeCompare(b.name)), []))
  const desk = desks.find(({ id }) => id === wanted) ?? desks.find((one) => one.owner === me) ?? desks.find((one) => helpsAt(one, me)) ?? desks[0]
  if (!loaded) return <Skeleton label={text.common.loading} rows={7} />
  if (!desk) {
    return (
      <main className={styles.screen}>
        <EmptyState icon={<CalendarClock />} title={text.board.noDesk}>{text.board.noDeskHint}</EmptyState>
      </main>
    )
  }
  return (
    <main className={styles.screen} aria-label={words.of(desk.name)}>
      <div className={styles.inside}>
        <header className={styles.header}>
          <div>
            <h1>{words.title}</h1>
            <p>{words.hint}</p>
          </div>
          <Select label={words.desk} quietLabel value={desk.id} onChange={(id) => go(`/rota/${id}`)} choices={desks.map(({ id, name, purpose }) => ({ id, name, hint: purpose }))} />
        </header>
        <Week key={desk.id} desk={desk} />
      </div>
    </main>
  )
}

function Week({ desk }: { desk: Desk }) {
  const { replica } = useWorld()
  const me = usePerson(useMe())
  const owner = usePerson(desk.owner)
  const commands = useCommands()
  const { saving, save } = useSaving()
  const [typed, setTyped] = useState<WeekDraft | undefined>()
  const start = draftOf(desk.rota)
  const week = typed ?? start
  const may = me !== undefined && (isResponsible(desk, me.id) || me.role !== 'agent')
  const helpers = useReplica(useCallback((replica: Replica) => [...replica.people.values()].filter((one) => one.active && helpsAt(desk, one.id)).sort((a, b) => a.name.localeCompare(b.name)), [desk]))
  const name = (id: PersonId) => firstName(replica.people.get(id)?.name ?? text.common.someone)
  const slots = slotsOf(week)
  const { from, to } = extent(desk.hours, week)
  const set = (day: number, fresh: readonly SlotDraft[]) => setTyped(week.map((old, i) => (i === day ? fresh : old)))
  const copy = (to: readonly number[]) => setTyped(week.map((day, i) => (to.includes(i) ? (week[0] ?? []) : day)))
  const submit = () => slots && save(commands.setRota({ desk: desk.id, slots }), () => setTyped(undefined))
  const isEmpty = week.every((day) => day.length === 0)
  return (
    <>
      <div className={styles.now}>
        <Now desk={desk} />
        <Gaps desks={[desk]} />
        {!may && owner && <Note>{words.readOnly(owner.name)}</Note>}
        {isEmpty && <p className={styles.quiet}>{words.empty}</p>}
      </div>
      <ol className={styles.week}>
        {week.map((day, index) => {
          const weekday = text.desks.weekdays[index] ?? ''
          const { open, nobody } = dayOf(desk.hours, week, index)
          return (
            <li key={weekday} className={styles.day}>
              <div className={styles.dayHead}>
                <h2>{weekday}</h2>
                <span className={styles.quiet}>{open.length === 0 ? words.closedDay : words.open(spans(open))}</span>
              </div>
              <div className={styles.dayBody}>
                <DayPicture day={day} open={open} nobody={nobody} from={from} to={to} name={name} />
                <Slots
                  day={day}
                  weekday={weekday}
                  open={open}
                  nobody={nobody}
                  people={helpers}
                  may={may}
                  onChange={(fresh) => set(index, fresh)}
                />
              </div>
            </li>
          )
        })}
      </ol>
      {may && (
        <div className={styles.foot}>
          <div className={styles.affected}>
            <AffectedNote changes={slots && typed ? [{ kind: 'set_rota', args: { desk: desk.id, slots } }] : undefined} />
          </div>
          <SaveBar saving={saving} dirty={JSON.stringify(week) !== JSON.stringify(start)} wrong={!slots} onSave={submit} onDiscard={() => setTyped(undefined)} />
          <Menu
            label={words.fillIn}
            actions={[
              { id: 'days', name: words.copyDays, act: () => copy([1, 2, 3, 4]) },
              { id: 'week', name: words.copyWeek, act: () => copy([1, 2, 3, 4, 5, 6]) },
              { id: 'clear', name: words.clear, act: () => setTyped(week.map(() => [])) },
            ]}
          >
            <Button small icon={<Copy />}>{words.fillIn}</Button>
          </Menu>
        </div>
      )}
    </>
  )
}

interface SlotsProps {
  day: readonly SlotDraft[]
  weekday: string
  open: readonly Span[]
  nobody: readonly Span[]
  people: readonly { id: PersonId; name: string }[]
  may: boolean
  onChange: (day: readonly SlotDraft[]) => void
}

/** One day's slots, and how one more is added. */
function Slots({ day, weekday, open, nobody, people, may, onChange }: SlotsProps) {
  const { place, removed } = useRefocus<HTMLDivElement>()
  const add = (from: number, to: number) => onChange([...day, { person: next(people.map(({ id }) => id), day), from: clockTime(from), to: clockTime(to) }])
  return (
    <div className={styles.slots} ref={place}>
      {day.map((slot, at) => (
        <Slot
          key={at}
          slot={slot}
          weekday={weekday}
          index={at + 1}
          problem={slotProblem(day, at)}
          people={people}
          disabled={!may}
          onChange={(fresh) => onChange(day.map((old, i) => (i === at ? fresh : old)))}
          onRemove={() => (onChange(day.filter((_, i) => i !== at)), removed(at))}
        />
      ))}
      {may && nobody.map((gap) => (
        <Button key={gap.from} small icon={<TriangleAlert />} aria-label={words.fill(weekday, spans([gap]))} onPress={() => add(gap.from, gap.to)}>
          {words.nobody(spans([gap]))}
        </Button>
      ))}
      {!may && nobody.length > 0 && <span className={styles.quiet}>{words.nobody(spans(nobody))}</span>}
      {may && people.length > 0 && (
        <IconButton label={words.add(weekday)} data-add small onPress={() => add(open[0]?.from ?? 9 * 60, open[0]?.to ?? 17 * 60)}>
          <Plus />
        </IconButton>
      )}
    </div>
  )
}

interface SlotProps {
  slot: SlotDraft
  weekday: string
  index: number
  problem: SlotProblem | undefined
  people: readonly { id: PersonId; name: string }[]
  disabled: boolean
  onChange: (slot: SlotDraft) => void
  onRemove: () => void
}

function Slot({ slot, weekday, index, problem, people, disabled, onChange, onRemove }: SlotProps) {
  const person = usePerson(slot.person)
  // Somebody who helps here no longer still stands in the rota until it is changed.
  const choices = people.some(({ id }) => id === slot.person) || !person ? people : [...people, person]
  const tidy = (typed: string) => {
    const value = minutes(typed)
    return value === undefined ? typed : clockTime(value)
  }
  return (
    <div className={styles.slot} data-item>
      <Select label={words.person(weekday, index)} quietLabel value={slot.person} disabled={disabled} onChange={(person) => onChange({ ...slot, person })} choices={choices.map(({ id, name }) => ({ id, name: firstName(name), icon: <Avatar name={name} size="s" /> }))} />
      <TextField label={words.from(weekday, index)} quietLabel value={slot.from} isDisabled={disabled} inputMode="numeric" onChange={(from) => onChange({ ...slot, from })} onBlur={() => onChange({ ...slot, from: tidy(slot.from) })} error={problem && PROBLEMS[problem]} />
      <span aria-hidden="true">–</span>
      <TextField label={words.to(weekday, index)} quietLabel value={slot.to} isDisabled={disabled} inputMode="numeric" onChange={(to) => onChange({ ...slot, to })} onBlur={() => onChange({ ...slot, to: tidy(slot.to) })} />
      {!disabled && (
        <IconButton label={words.remove(firstName(person?.name ?? ''), weekday)} data-keep small onPress={onRemove}>
          <X />
        </IconButton>
      )}
    </div>
  )
}

function Now({ desk }: { desk: Desk }) {
  const now = useNow()
  const calendar = useCalendar(desk.id)
  const zone = useReplica((replica) => replica.org?.zone ?? 'UTC')
  const rows = useReplica(useCallback((replica: Replica) => [...replica.people.values()].filter(({ id }) => desk.rota.some(({ person }) => person === id)), [desk]))
  if (calendar && !calendar.isOpen(now)) {
    const opens = calendar.nextOpen(now)
    return opens === null ? null : <p className={styles.onDuty}>{words.nowClosed(moment(opens, now))}</p>
  }
  const people = onDuty(desk, zone, now)
  // Duty is a plan; whoever is elsewhere is said to be.
  const said = ({ name, status }: Person) => (status === 'available' ? firstName(name) : words.elsewhere(firstName(name), text.reach.said[status]))
  const names = people === 'everyone' ? [] : people.map((id) => {
    const person = rows.find((row) => row.id === id)
    return person ? said(person) : text.common.someone
  })
  return <p className={styles.onDuty}>{people === 'everyone' ? words.nowEveryone : names.length === 0 ? words.nowNobody : words.now(list(names))}</p>
}

/** Whoever is not on duty that day yet, so that adding twice adds two people. */
function next(helpers: readonly PersonId[], day: readonly SlotDraft[]): PersonId {
  return helpers.find((id) => day.every(({ person }) => person !== id)) ?? (helpers[0] as PersonId)
}

function spans(all: readonly Span[]): string {
  return list(all.map(({ from, to }) => `${clockTime(from)}–${clockTime(to)}`))
}
