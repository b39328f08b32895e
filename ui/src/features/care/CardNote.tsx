/** The note that came with a request, for whoever works on it now: what the last one knew, so that nobody asks again. */

import { NotebookPen } from 'lucide-react'
import type { Card } from '../../protocol/wire'
import { usePerson } from '../../replica/hooks'
import { firstName, text } from '../../text'
import styles from './Owed.module.css'

export function CardFacts({ card }: { card: Card }) {
  return (
    <dl className={styles.card}>
      {(['summary', 'tried', 'impact', 'needed'] as const).map((field) =>
        card[field] ? (
          <div key={field}>
            <dt>{text.owed.note[field]}</dt>
            <dd>{card[field]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}

export function CardNote({ card }: { card: Card }) {
  const by = usePerson(card.by)
  return (
    <section className={styles.cardNote} aria-label={text.owed.note.by(firstName(by?.name ?? text.common.someone))}>
      <h2>
        <NotebookPen aria-hidden="true" /> {text.owed.note.by(firstName(by?.name ?? text.common.someone))}
      </h2>
      <CardFacts card={card} />
    </section>
  )
}
