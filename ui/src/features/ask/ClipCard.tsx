/** Whoever helps would like a clip: one press opens the recorder for that request. The card goes when the wish does. */

import { useCallback } from 'react'
import { Video } from 'lucide-react'
import { Avatar, Button } from '../../kit'
import type { PersonId, RequestId } from '../../protocol/wire'
import { usePerson, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { useRecord } from '../recorder/open'
import { title } from '../request/awaited'
import { useOver, wishStands } from './stands'
import styles from './OverlayWindow.module.css'

export function ClipCard({ id, by, onOver }: { id: RequestId; by: PersonId; onOver: () => void }) {
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(id), [id]))
  const helper = usePerson(by)
  const { record, why } = useRecord()
  const stands = useReplica(useCallback((replica: Replica) => wishStands(replica, id), [id]))
  useOver(stands, onOver)
  if (!request || stands !== 'stands') return null
  const words = text.notify.clip(firstName(helper?.name ?? ''))
  return (
    <section className={styles.answer} aria-label={words} onKeyDown={(event) => event.key === 'Escape' && onOver()}>
      <Avatar name={helper?.name ?? '?'} size="l" />
      <div className={styles.answerBody}>
        <strong>{words}</strong>
        <p>{title(request)}</p>
        {!record && <p>{why}</p>}
        <div className={styles.answerActions}>
          {record && (
            // The card first: the recorder must not be behind it.
            <Button small tone="primary" icon={<Video />} onPress={() => (onOver(), record(id))}>
              {text.request.recordNow}
            </Button>
          )}
          <Button small onPress={onOver}>{text.request.recordLater}</Button>
        </div>
      </div>
    </section>
  )
}
