/** What is shown when something was kept and not delivered for a while: whom to call instead, and the words to say there. */

import { useCallback, type ReactNode } from 'react'
import { Phone } from 'lucide-react'
import { Button, Note, toast } from '../../kit'
import { useHost, useMe, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { whomToCall, type About } from './instead'
import { telOf } from './tel'
import styles from './Owed.module.css'

/** How long something may be on its way before this is said, in milliseconds. */
export const LATE = 5000

export function NotDelivered({ words, about, children }: { words: string; about: About | undefined; children?: ReactNode }) {
  const host = useHost()
  const me = useMe()
  const person = useReplica(useCallback((replica: Replica) => whomToCall(replica, about, me, { helpers: true }), [about, me]))
  const copy = () => void navigator.clipboard.writeText(words).then(() => toast({ title: text.common.copied }))
  return (
    <Note
      tone="live"
      role="alert"
      icon={<Phone />}
      action={
        <span className={styles.actions}>
          <Button small onPress={copy}>
            {text.sending.copyText}
          </Button>
          {children}
        </span>
      }
    >
      {text.sending.late}{' '}
      {person && (
        <a
          href={telOf(person.phone)}
          onClick={(event) => {
            event.preventDefault()
            host.open(telOf(person.phone))
          }}
        >
          {text.sending.callInstead(firstName(person.name), person.phone)}
        </a>
      )}
    </Note>
  )
}
