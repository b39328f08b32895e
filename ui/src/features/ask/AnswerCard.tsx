/**
 * An answer, or a question back, where the question was asked. It comes without the keyboard and stays until it is dealt
 * with, here or in the main window.
 */

import { useCallback } from 'react'
import { X } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Avatar, Button, IconButton } from '../../kit'
import type { MessageId } from '../../protocol/wire'
import { useCommands, useMe, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { Words } from '../request/Words'
import { answerStands, useOver } from './stands'
import styles from './OverlayWindow.module.css'

export function AnswerCard({ id, onOver }: { id: MessageId; onOver: () => void }) {
  const { host } = useWorld()
  const commands = useCommands()
  const message = useReplica(useCallback((replica: Replica) => replica.messages.get(id), [id]))
  const me = useMe()
  const author = usePerson(message?.author)
  const asker = useReplica(useCallback((replica: Replica) => message && replica.requests.get(message.request)?.asker, [message]))
  const stands = useReplica(useCallback((replica: Replica) => answerStands(replica, id, me), [id, me]))
  useOver(stands, onOver)
  if (!message || stands !== 'stands') return null
  const isBack = message.kind.kind === 'asked_back'
  const words = (isBack ? text.notify.back : text.notify.answer)(firstName(author?.name ?? text.common.someone))
  // Whoever only waits for the same is told, and can't say that it is solved.
  const maySolve = !isBack && asker === me
  return (
    <section
      className={styles.answer}
      aria-label={words}
      onKeyDown={(event) => event.key === 'Escape' && onOver()}
    >
      <Avatar name={author?.name ?? '?'} size="l" />
      <div className={styles.answerBody}>
        <strong>{words}</strong>
        <p>
          <Words text={message.text} mentions={message.mentions} />
        </p>
        <div className={styles.answerActions}>
          {maySolve && (
            <Button small tone="primary" onPress={() => (attempt(commands.solve({ request: message.request })), onOver())}>
              {text.request.solved}
            </Button>
          )}
          <Button small tone={maySolve ? 'plain' : 'primary'} onPress={() => (host.desktop?.showMain(`/r/${message.request}`), onOver())}>
            {text.ask.reply}
          </Button>
        </div>
      </div>
      <IconButton label={text.common.close} small onPress={onOver}>
        <X />
      </IconButton>
    </section>
  )
}
