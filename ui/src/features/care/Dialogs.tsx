/** What an owner says about a request: whom it is handed to and with which note, what happens next, whom it waits for. */

import { useState } from 'react'
import { attempt } from '../../app/attempt'
import { Button, Dialog, Select, TextField } from '../../kit'
import type { DeskId, PersonId, Request } from '../../protocol/wire'
import { useCommands, useMe, useNow, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { helpsAt } from '../inbox/groups'
import { title } from '../request/awaited'
import styles from './Owed.module.css'

export type Saying = 'handOff' | 'plan' | 'wait'

export function SayDialog({ request, saying, onClose }: { request: Request; saying: Saying | undefined; onClose: () => void }) {
  if (!saying) return null
  return (
    <Dialog open onClose={onClose} title={text.owed[saying].title} width="narrow">
      {saying === 'handOff' ? <HandOff request={request} onClose={onClose} /> : <Line request={request} saying={saying} onClose={onClose} />}
    </Dialog>
  )
}

function HandOff({ request, onClose }: { request: Request; onClose: () => void }) {
  const me = useMe()
  const commands = useCommands()
  const desks = useReplica((replica) => [...replica.desks.values()].filter((desk) => !desk.closed && desk.id !== request.desk))
  const here = useReplica((replica) => replica.desks.get(request.desk))
  const people = useReplica((replica) => [...replica.people.values()].filter((one) => one.active && one.id !== me && one.id !== request.asker && helpsAt(here, one.id)).sort((a, b) => a.name.localeCompare(b.name)))
  const choices = [...desks.map((desk) => ({ id: `desk ${desk.id}`, name: text.owed.handOff.desk(desk.name), hint: desk.purpose })), ...people.map((one) => ({ id: `person ${one.id}`, name: one.name, hint: text.status[one.status] }))]
  const [to, setTo] = useState(choices[0]?.id ?? '')
  const [card, setCard] = useState({ summary: request.care.card?.summary || title(request), tried: request.care.card?.tried ?? '', impact: request.care.card?.impact ?? '', needed: request.care.card?.needed ?? '' })
  const write = (field: keyof typeof card) => (value: string) => setCard({ ...card, [field]: value })
  const complete = to !== '' && card.summary.trim() !== '' && card.needed.trim() !== ''
  const send = () => {
    const [kind, id] = to.split(' ')
    const target = kind === 'desk' ? { desk: id as DeskId, person: null } : { desk: request.desk, person: id as PersonId }
    attempt(commands.offerHandOver({ request: request.id, ...target, card }), onClose)
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (complete) send()
      }}
    >
      <p className={styles.quiet}>{text.owed.handOff.hint}</p>
      <Select label={text.owed.handOff.to} value={to} onChange={setTo} choices={choices} />
      <TextField label={text.owed.note.summary} value={card.summary} onChange={write('summary')} />
      <TextField label={text.owed.note.tried} value={card.tried} onChange={write('tried')} rows={2} />
      <TextField label={text.owed.note.impact} value={card.impact} onChange={write('impact')} />
      <TextField label={text.owed.note.needed} value={card.needed} onChange={write('needed')} autoFocus />
      <footer className={styles.foot}>
        <Button onPress={onClose}>{text.common.cancel}</Button>
        <Button tone="primary" type="submit" isDisabled={!complete}>{text.owed.handOff.send}</Button>
      </footer>
    </form>
  )
}

const USUAL = 'usual'
const MINUTES = [10, 30, 60, 120, 240]

function Line({ request, saying, onClose }: { request: Request; saying: 'plan' | 'wait'; onClose: () => void }) {
  const commands = useCommands()
  const now = useNow()
  const words = text.owed[saying]
  const [line, setLine] = useState(saying === 'plan' ? request.care.plan : '')
  const [until, setUntil] = useState(USUAL)
  const send = () => {
    const by = until === USUAL ? null : now + Number(until) * 60_000
    attempt(saying === 'plan' ? commands.plan({ request: request.id, text: line.trim(), update_by: by }) : commands.waitForOther({ request: request.id, what: line.trim(), until: by }), onClose)
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (line.trim()) send()
      }}
    >
      <p className={styles.quiet}>{words.hint}</p>
      <TextField label={words.line} value={line} onChange={setLine} autoFocus />
      <Select
        label={text.owed.plan.until}
        value={until}
        onChange={setUntil}
        choices={[{ id: USUAL, name: text.owed.plan.usual }, ...MINUTES.map((minutes) => ({ id: String(minutes), name: text.owed.inMinutes(minutes) }))]}
      />
      <footer className={styles.foot}>
        <Button onPress={onClose}>{text.common.cancel}</Button>
        <Button tone="primary" type="submit" isDisabled={line.trim() === ''}>{words.send}</Button>
      </footer>
    </form>
  )
}
