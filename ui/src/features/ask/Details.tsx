/**
 * What a desk says before one asks, and what it needs besides the words: its guidelines, a quiet line of hints, and at most two short fields that have to be filled. They
 * stand only where the desk asks for them, because each slows every asker down.
 */

import { useId, type RefObject } from 'react'
import { TextField } from '../../kit'
import type { Desk } from '../../protocol/wire'
import { text } from '../../text'
import styles from './Details.module.css'

export interface DetailsProps {
  desk: Desk
  given: Readonly<Record<string, string>>
  onGive: (name: string, value: string) => void
  /** The one that was empty when it should have gone out. */
  missing: string | undefined
  /** Where the panel finds the field of a name, to put the focus there. */
  fields: RefObject<Map<string, HTMLInputElement>>
  onAsk: () => void
  onLeave: () => void
}

export function Details({ desk, given, onGive, missing, fields, onAsk, onLeave }: DetailsProps) {
  const heading = useId()
  const { guidelines, hints, fields: names } = desk.service
  if (guidelines === '' && hints.length === 0 && names.length === 0) return null
  return (
    <div className={styles.details}>
      {guidelines && <p className={styles.guidelines}>{guidelines}</p>}
      {hints.length > 0 && (
        <div className={styles.hints}>
          <span id={heading}>{text.ask.needs}</span>
          <ul aria-labelledby={heading}>
            {hints.map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ul>
        </div>
      )}
      {names.length > 0 && (
        <div className={styles.fields}>
          {names.map((name) => (
            <TextField
              key={name}
              label={name}
              isRequired
              validationBehavior="aria"
              value={given[name] ?? ''}
              onChange={(value) => onGive(name, value)}
              error={missing === name ? text.ask.missing(desk.name, name) : undefined}
              inputRef={(element) => {
                if (element) fields.current.set(name, element)
                else fields.current.delete(name)
              }}
              onKeyDown={(event) => {
                if (event.nativeEvent.isComposing) return
                if (event.key === 'Enter') onAsk()
                else if (event.key === 'Escape') onLeave()
                else return event.continuePropagation()
                event.preventDefault()
              }}
            />
          ))}
        </div>
      )}
    </div>
  )
}
