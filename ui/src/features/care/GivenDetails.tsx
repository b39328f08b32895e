/** What the desk asked for besides the words, to be copied; a helper's copy tells the desk that it was of use. */

import { Copy } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { toast } from '../../kit'
import type { Request } from '../../protocol/wire'
import { useHost } from '../../replica/hooks'
import { text } from '../../text'
import styles from './Owed.module.css'

export function GivenDetails({ request, helper }: { request: Request; helper: boolean }) {
  const host = useHost()
  const { details } = request.care
  if (details.length === 0) return null
  return (
    <p className={styles.line}>
      {details.map(({ name, value, used }) => (
        <button
          key={name}
          type="button"
          className={styles.detail}
          title={text.owed.copy}
          onClick={() => {
            void navigator.clipboard.writeText(value).then(() => toast({ title: text.owed.copied(name) }))
            if (helper && !used) attempt(host.send({ kind: 'use_detail', args: { request: request.id, name } }))
          }}
        >
          {name} <strong>{value}</strong> <Copy aria-hidden="true" />
        </button>
      ))}
    </p>
  )
}
