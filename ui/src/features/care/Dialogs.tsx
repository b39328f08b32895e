/** What somebody says about a request in a dialog of its own; which dialog, and the forms that hand it on or say what comes. */

import { useState } from 'react'
import { Dialog, Select, TextField } from '../../kit'
import type { DeskId, PersonId, Request } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReplica } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { useMask } from '../composer/MaskLine'
import { helpsAt } from '../inbox/groups'
import { BlockForm } from './BlockForm'
import { CallbackForm } from './CallbackForm'
import { CardFields, useCard } from './CardFields'
import { Form } from './Form'
import { MergeForm } from './MergeForm'
import { LineForm, type Line } from './LineForm'

export type Saying = 'handOff' | 'plan' | 'wait' | 'callback' | 'merge' | 'block' | 'forward' | Line

export function SayDialog({ request, saying, onClose }: { request: Request; saying: Saying | undefined; onClose: () => void }) {
  const me = useMe()
  const desk = useReplica((replica) => replica.desks.get(request.desk))
  const asker = usePerson(request.asker)
  if (!saying) return null
  const props = { request, onClose }
  const titles: Record<Saying, string> = {
    handOff: text.owed.handOff.title,
    plan: text.owed.plan.title,
    wait: text.owed.wait.title,
    callback: request.asker === me ? text.callback.titleMine : text.callback.title(firstName(asker?.name ?? '')),
    merge: text.merge.title,
    block: text.block.title,
    forward: text.vet.title(desk?.name ?? ''),
    critical: text.critical.title,
    review: text.critical.reviewTitle,
    nextTime: text.nextTime.title,
    followUp: text.followUp.title,
  }
  return (
    <Dialog open onClose={onClose} title={titles[saying]} width={saying === 'merge' || saying === 'block' ? 'middle' : 'narrow'}>
      <Shown saying={saying} {...props} />
    </Dialog>
  )
}

function Shown({ saying, ...props }: { request: Request; saying: Saying; onClose: () => void }) {
  switch (saying) {
    case 'handOff': return <HandOff {...props} />
    case 'plan':
    case 'wait': return <Promised saying={saying} {...props} />
    case 'callback': return <CallbackForm {...props} />
    case 'merge': return <MergeForm {...props} />
    case 'block': return <BlockForm {...props} />
    case 'forward': return <Forward {...props} />
    default: return <LineForm line={saying} {...props} />
  }
}

function HandOff({ request, onClose }: { request: Request; onClose: () => void }) {
  const me = useMe()
  const commands = useCommands()
  const desks = useReplica((replica) => [...replica.desks.values()].filter((desk) => !desk.closed && desk.id !== request.desk))
  const here = useReplica((replica) => replica.desks.get(request.desk))
  const people = useReplica((replica) => [...replica.people.values()].filter((one) => one.active && one.id !== me && one.id !== request.asker && helpsAt(here, one.id)).sort((a, b) => a.name.localeCompare(b.name)))
  const choices = [...desks.map((desk) => ({ id: `desk ${desk.id}`, name: text.owed.handOff.desk(desk.name), hint: desk.purpose })), ...people.map((one) => ({ id: `person ${one.id}`, name: one.name, hint: text.status[one.status] }))]
  const [to, setTo] = useState(choices[0]?.id ?? '')
  const { card, masked, mask, write, isComplete } = useCard(request)
  const send = () => {
    const [kind, id] = to.split(' ')
    const target = kind === 'desk' ? { desk: id as DeskId, person: null } : { desk: request.desk, person: id as PersonId }
    return commands.offerHandOver({ request: request.id, ...target, card: masked })
  }
  return (
    <Form hint={text.owed.handOff.hint} sendLabel={text.owed.handOff.send} isReady={to !== '' && isComplete} mask={mask} onSend={send} onClose={onClose}>
      <Select label={text.owed.handOff.to} value={to} onChange={setTo} choices={choices} />
      <CardFields card={card} write={write} />
    </Form>
  )
}

/** A vetter sends it on to the desk, with the note that the desk reads first. */
function Forward({ request, onClose }: { request: Request; onClose: () => void }) {
  const commands = useCommands()
  const desk = useReplica((replica) => replica.desks.get(request.desk))
  const { card, masked, mask, write, isComplete } = useCard(request)
  return (
    <Form hint={text.vet.hint(desk?.name ?? '')} sendLabel={text.vet.go} isReady={isComplete} mask={mask} onSend={() => commands.forward({ request: request.id, card: masked })} onClose={onClose}>
      <CardFields card={card} write={write} />
    </Form>
  )
}

const USUAL = 'usual'
const MINUTES = [10, 30, 60, 120, 240]

/** A line for the asker, and until when the next word is owed. */
function Promised({ request, saying, onClose }: { request: Request; saying: 'plan' | 'wait'; onClose: () => void }) {
  const commands = useCommands()
  const now = useNow()
  const words = text.owed[saying]
  const [line, setLine] = useState(saying === 'plan' ? request.care.plan : '')
  const [until, setUntil] = useState(USUAL)
  const mask = useMask(line, { ibansMayStay: false })
  const send = () => {
    const by = until === USUAL ? null : now + Number(until) * 60_000
    return saying === 'plan' ? commands.plan({ request: request.id, text: mask.masked, update_by: by }) : commands.waitForOther({ request: request.id, what: mask.masked, until: by })
  }
  return (
    <Form hint={words.hint} sendLabel={words.send} isReady={line.trim() !== ''} mask={mask} onSend={send} onClose={onClose}>
      <TextField label={words.line} value={line} onChange={setLine} autoFocus />
      <Select
        label={text.owed.plan.until}
        value={until}
        onChange={setUntil}
        choices={[{ id: USUAL, name: text.owed.plan.usual }, ...MINUTES.map((minutes) => ({ id: String(minutes), name: text.owed.inMinutes(minutes) }))]}
      />
    </Form>
  )
}
