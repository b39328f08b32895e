/** What was changed about a desk, by whom and when, newest first. */

import { useWorld } from '../../replica/hooks'
import type { Desk } from '../../protocol/wire'
import { fullWhen, text } from '../../text'
import { Section } from './parts'
import styles from './Settings.module.css'

/** As many as one looks through. */
const MOST = 20
const words = text.affected

export function History({ desk }: { desk: Desk }) {
  const { replica } = useWorld()
  if (desk.history.length === 0) return null
  const grouped = desk.history.toReversed().reduce<{ at: number; by: string; fields: string[]; reason: string }[]>((groups, { at, by, field, reason }) => {
    const last = groups.at(-1)
    const name = words.fields[field] ?? field
    if (last && last.at === at && last.by === by) {
      last.fields.push(name)
      last.reason ||= reason
    } else groups.push({ at, by, fields: [name], reason })
    return groups
  }, [])
  return (
    <Section title={words.history} hint={words.historyHint}>
      <ol className={styles.history}>
        {grouped.slice(0, MOST).map(({ at, by, fields, reason }) => (
          <li key={`${at} ${by}`}>
            <time>{fullWhen(at)}</time>
            <span>
              {words.changed(replica.people.get(by as never)?.name ?? text.common.someone, fields)}
              {reason && words.because(reason)}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
