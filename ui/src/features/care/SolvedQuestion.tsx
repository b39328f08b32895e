/** "Is it solved?", asked at most once a day: yes, no, and one line if one likes. A no is repaired by a person. */

import { useState } from 'react'
import { Bookmark } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Button, TextField } from '../../kit'
import type { Request } from '../../protocol/wire'
import { useCommands, usePerson, useReplica } from '../../replica/hooks'
import { firstName, text } from '../../text'
import styles from './Owed.module.css'

export function SolvedQuestion({ request }: { request: Request }) {
  const commands = useCommands()
  const desk = useReplica((replica) => replica.desks.get(request.desk))
  const caller = usePerson(desk?.owner === request.asker ? request.owner : desk?.owner)
  const [line, setLine] = useState('')
  const words = text.owed.solved
  const say = (solved: boolean) => attempt(commands.confirm({ request: request.id, solved, line: line.trim() }))
  return (
    <section className={styles.question} aria-label={words.ask}>
      <p>
        <Bookmark aria-hidden="true" /> {words.ask}
      </p>
      <TextField label={words.line} quietLabel placeholder={words.line} value={line} onChange={setLine} />
      <span className={styles.actions}>
        <Button small tone="primary" keys="S" onPress={() => say(true)}>{words.yes}</Button>
        <Button small onPress={() => say(false)} aria-description={caller ? words.noHint(firstName(caller.name)) : undefined}>{words.no}</Button>
      </span>
    </section>
  )
}
