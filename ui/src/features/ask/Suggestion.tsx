/** An earlier question opened inside the panel: what was asked, what was answered, and "this solved it". */

import { useCallback } from 'react'
import { ArrowUpRight, CircleCheck, Users } from 'lucide-react'
import { Button } from '../../kit'
import type { Hit } from '../../protocol/wire'
import { useMe, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { isOpen } from '../care/rights'
import { Words } from '../request/Words'
import styles from './AskPanel.module.css'

export function Suggestion({ hit, onSolved, onJoin, onBack, onOpen }: { hit: Hit; onSolved: () => void; onJoin: () => void; onBack: () => void; onOpen: () => void }) {
  const me = useMe()
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(hit.request), [hit]))
  const answer = useReplica(useCallback((replica: Replica) => answerOf(replica, hit), [hit]))
  return (
    <article
      className={styles.opened}
      onKeyDown={(event) => {
        // Back to the words; the dialog around it hears nothing of it.
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onBack()
      }}
    >
      <h3>{request?.text ?? hit.snippet}</h3>
      {answer && (
        <p>
          <Words text={answer} />
        </p>
      )}
      <div className={styles.openedActions}>
        <Button small tone="quiet" keys="Esc" autoFocus onPress={onBack}>
          {text.common.back}
        </Button>
        <Button small icon={<ArrowUpRight />} onPress={onOpen}>
          {text.ask.open}
        </Button>
        {!hit.solved && request && isOpen(request) && request.asker !== me && !request.care.joined.includes(me) && (
          <Button small tone="primary" icon={<Users />} onPress={onJoin}>
            {text.owed.join}
          </Button>
        )}
        {hit.solved && (
          <Button small tone="primary" icon={<CircleCheck />} onPress={onSolved}>
            {text.ask.thisSolvedIt}
          </Button>
        )}
      </div>
    </article>
  )
}

function answerOf(replica: Replica, hit: Hit): string | undefined {
  for (const id of replica.thread(hit.request).toReversed()) {
    const message = replica.messages.get(id)
    if (message?.kind.kind === 'answered' && !message.deleted) return message.text
  }
  return hit.message ? hit.snippet : undefined
}
