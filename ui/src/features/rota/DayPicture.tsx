/** One day of the rota as a picture: a bar for each who is on duty, hatched where the desk is open and nobody is. The words beside it say the same. */

import type { PersonId } from '../../protocol/wire'
import { spanOf, type SlotDraft, type Span } from './week'
import styles from './Rota.module.css'

export interface DayPictureProps {
  day: readonly SlotDraft[]
  open: readonly Span[]
  nobody: readonly Span[]
  from: number
  to: number
  name: (id: PersonId) => string
}

export function DayPicture({ day, open, nobody, from, to, name }: DayPictureProps) {
  const place = (span: Span) => ({ left: `${((span.from - from) / (to - from)) * 100}%`, width: `${((span.to - span.from) / (to - from)) * 100}%` })
  const bars = day.flatMap((slot) => {
    const span = spanOf(slot)
    return span && span.from < span.to ? [{ slot, span }] : []
  })
  const rows = layers(bars.map(({ span }) => span))
  const height = Math.max(1, ...rows.map((row) => row + 1))
  const hours = Array.from({ length: (to - from) / 60 + 1 }, (_, i) => from + i * 60).filter((minute) => (minute - from) % (to - from > 12 * 60 ? 240 : 120) === 0)
  return (
    <div className={styles.picture} aria-hidden="true" style={{ height: `${height * 1.5}rem` }}>
      {open.map((span) => (
        <span key={span.from} className={styles.open} style={place(span)} />
      ))}
      {nobody.map((span) => (
        <span key={span.from} className={styles.nobody} style={place(span)} />
      ))}
      {hours.map((minute) => (
        <span key={minute} className={styles.hour} style={{ left: `${((minute - from) / (to - from)) * 100}%` }} />
      ))}
      {bars.map(({ slot, span }, i) => (
        <span key={i} className={styles.bar} style={{ ...place(span), top: `${(rows[i] ?? 0) * 1.5}rem` }}>
          {name(slot.person)}
        </span>
      ))}
    </div>
  )
}

/** Bars that overlap stand under each other: the row of each. */
function layers(spans: readonly Span[]): number[] {
  const ends: number[] = []
  return spans.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from)
    const row = free < 0 ? ends.length : free
    ends[row] = to
    return row
  })
}
