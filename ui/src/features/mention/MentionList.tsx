/** What is offered after an `@`. The caret stays in the words: the list only follows it. */

import { useCallback } from 'react'
import { Users } from 'lucide-react'
import { Avatar, Kbd } from '../../kit'
import type { Person } from '../../protocol/wire'
import { useNow, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { isReachable, statusWords } from '../people/status'
import { keyOf } from './names'
import type { Mentions } from './useMentions'
import styles from './Mention.module.css'

const words = text.mention

/** What a text field says of the list that belongs to it. */
export function listAttributes(mentions: Mentions, id: string): { 'aria-autocomplete': 'list'; 'aria-controls'?: string; 'aria-activedescendant'?: string } {
  if (mentions.offers.length === 0) return { 'aria-autocomplete': 'list' }
  return { 'aria-autocomplete': 'list', 'aria-controls': id, 'aria-activedescendant': `${id}-${mentions.lit}` }
}

export function MentionList({ mentions, id, above }: { mentions: Mentions; id: string; above?: boolean }) {
  const { offers, lit, take } = mentions
  return (
    <>
      <span className="unseen" role="status">
        {offers.length > 0 ? words.offered(offers.length) : ''}
      </span>
      {offers.length > 0 && (
        <div id={id} role="listbox" aria-label={words.list} className={styles.list} data-above={above || undefined}>
          {offers.map((offer, i) => (
            // The keyboard is the field's: it says which of these is chosen.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={keyOf(offer.mention)}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === lit}
              className={styles.offer}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(offer)}
            >
              {offer.person ? <Avatar name={offer.person.name} size="s" /> : <Users aria-hidden="true" />}
              <span className={styles.name}>{offer.name}</span>
              <span className={styles.hint}>{offer.person ? <Reach person={offer.person} /> : offer.mention.kind === 'desk' ? words.deskHint(offer.count ?? 0) : words.allHint(offer.count ?? 0)}</span>
              {i === lit && <Kbd keys="Tab" />}
            </div>
          ))}
        </div>
      )}
    </>
  )
}

/** Only where a word is not likely to be read now. */
function Reach({ person }: { person: Person }) {
  const now = useNow(60_000)
  const here = useReplica(useCallback((replica: Replica) => replica.here.get(person.id), [person.id]))
  return isReachable(person, here, now) ? null : person.status === 'available' && person.busy_until === null ? words.notHere : statusWords(person, now)
}
