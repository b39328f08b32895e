/** Says when the server can't be reached, or speaks another version; nothing when all is well. */

import { CloudOff, Download } from 'lucide-react'
import { Button, Note, useLate } from '../kit'
import { useHost, useNow, useReadable } from '../replica/hooks'
import { ago, text } from '../text'
import styles from './ConnectionStrip.module.css'

export function ConnectionStrip() {
  const host = useHost()
  const connection = useReadable(host.connection)
  const outbox = useReadable(host.outbox)
  const now = useNow(1000)
  // A short cut is mended before anybody has read a sentence about it.
  const late = useLate(1500)
  if (connection.kind === 'online' || (connection.kind === 'connecting' && !late)) return null
  const update = async () => host.open(`${(await host.account.hello()).public_url}/download`)
  const unsent = outbox.length > 0 ? ` ${text.connection.unsent(outbox.length)}.` : ''
  return (
    <div className={styles.strip}>
      {connection.kind === 'outdated' ? (
        <Note
          tone="live"
          icon={<Download />}
          role="status"
          action={host.desktop ? <Button small onPress={() => void update()}>{text.connection.update}</Button> : <Button small onPress={() => location.reload()}>{text.connection.reload}</Button>}
        >
          {text.connection.outdated}
        </Note>
      ) : (
        <Note icon={<CloudOff />} role="status">
          {connection.kind === 'offline' ? text.connection.offlineSince(ago(connection.since, now) === 'now' ? '0 min' : ago(connection.since, now)) : text.connection.connecting}
          {unsent}
        </Note>
      )}
    </div>
  )
}
