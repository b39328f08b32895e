/** Some people out of all: found by typing, chosen with a tick. */

import { useState } from 'react'
import { Search } from 'lucide-react'
import { Checkbox, TextField } from '../../kit'
import type { PersonId } from '../../protocol/wire'
import { useReplica } from '../../replica/hooks'
import { text } from '../../text'
import looks from './People.module.css'
import styles from './Settings.module.css'

export function PeopleField({ label, hint, chosen, onChange }: { label: string; hint?: string; chosen: readonly PersonId[]; onChange: (chosen: PersonId[]) => void }) {
  const [query, setQuery] = useState('')
  const people = useReplica((replica) => [...replica.people.values()])
  const wanted = query.trim().toLowerCase()
  const shown = people.filter((person) => (person.active || chosen.includes(person.id)) && person.name.toLowerCase().includes(wanted)).sort((a, b) => a.name.localeCompare(b.name))
  return (
    <fieldset className={looks.peopleField}>
      <legend className={hint ? looks.legend : 'unseen'}>{label}</legend>
      {hint && <p className={styles.quiet}>{hint}</p>}
      <TextField label={text.people.search} quietLabel placeholder={text.people.search} value={query} onChange={setQuery} start={<Search />} />
      <div className={looks.peopleList}>
        {shown.map(({ id, name, active }) => (
          <Checkbox key={id} on={chosen.includes(id)} onChange={(on) => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id))}>
            {name} {!active && <span className={styles.quiet}>({text.people.deactivated})</span>}
          </Checkbox>
        ))}
        {shown.length === 0 && <p className={styles.quiet}>{text.people.empty}</p>}
      </div>
    </fieldset>
  )
}
