/** An answer, where the question was asked. It comes without the keyboard and stays until it is dealt with. */

import { useCallback } from 'react'
import { X } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Avatar, Button, IconButton } from '../../kit'
import type { MessageId } from '../../protocol/wire'
import { useCommands, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { Words } from '../request/Words'
import styles from './OverlayWindow.module.css'

export function AnswerCard({ id, onOver }: { id: MessageId; onOver: () => void }) {
  const { host } = useWorld()
  const commands = useCommands()
  const message = useReplica(useCallback((replica: Replica) => replica.messages.get(id), [id]))
  const author = usePerson(message?.author)
  if (!message) return null
  return (
    <section
      className={styles.answer}
      aria-label={text.ask.answered(firstName(author?.name ?? ''))}
      onKeyDown={(event) => event.key === 'Escape' && onOver()}
    >
      <Avatar name={author?.name ?? '?'} size="l" />
      <div className={styles.answerBody}>
        <strong>{text.ask.answered(firstName(author?.name ?? ''))}</strong>
        <p>
          <Words text={message.text} />
        </p>
        <div className={styles.answerActions}>
          <Button small tone="primary" onPress={() => (attempt(commands.solve({ request: message.request })), onOver())}>
            {text.request.solved}
          </Button>
          <Button small onPress={() => (host.desktop?.showMain(`/r/${message.request}`), onOver())}>
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
