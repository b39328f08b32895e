/** Where I am signed in. The list lives on the server and is asked for when the page opens. */

import { useCallback, useState } from 'react'
import { CircleAlert, Globe, Laptop } from 'lucide-react'
import { tellProblem } from '../../app/attempt'
import { Button, Chip, Note, Skeleton, toast } from '../../kit'
import type { Session } from '../../protocol/wire'
import { useHost, useReadable } from '../../replica/hooks'
import { day, text } from '../../text'
import { settingsText } from '../../text/settings'
import { useFetched } from './fetched'
import { Page } from './parts'
import styles from './Settings.module.css'

export function DevicesPage() {
  const { account, connection } = useHost()
  const { fetched, again, set } = useFetched(useCallback(() => account.sessions(), [account]))
  const isOffline = useReadable(connection).kind === 'offline'
  const [ending, setEnding] = useState<ReadonlySet<string>>(new Set())

  const end = async (sessions: readonly Session[], all: readonly Session[]) => {
    setEnding(new Set(sessions.map(({ id }) => id)))
    try {
      for (const session of sessions) await account.endSession(session.id)
      toast({ title: sessions.length > 1 ? settingsText.devices.endedOthers : text.devices.ended })
      set(all.filter((session) => !sessions.includes(session)))
    } catch (error) {
      tellProblem(error)
      again()
    } finally {
      setEnding(new Set())
    }
  }

  if (fetched.kind === 'waiting') {
    return (
      <Page title={text.devices.title} hint={text.devices.hint}>
        <Skeleton label={text.common.loading} rows={3} />
      </Page>
    )
  }
  if (fetched.kind === 'failed') {
    return (
      <Page title={text.devices.title} hint={text.devices.hint}>
        <Note tone="danger" role="alert" icon={<CircleAlert />} action={<Button small onPress={again}>{text.common.retry}</Button>}>
          {isOffline ? settingsText.offline : text.devices.failed}
        </Note>
      </Page>
    )
  }
  const sessions = fetched.value.toSorted((a, b) => Number(b.current) - Number(a.current) || b.since - a.since)
  const others = sessions.filter(({ current }) => !current)
  return (
    <Page
      title={text.devices.title}
      hint={others.length === 0 ? settingsText.devices.onlyThis : text.devices.hint}
      action={
        others.length > 1 && (
          <Button isDisabled={ending.size > 0 || isOffline} onPress={() => void end(others, sessions)}>
            {settingsText.devices.endOthers}
          </Button>
        )
      }
    >
      <ul className={styles.rows}>
        {sessions.map((session) => (
          <li key={session.id} className={styles.row}>
            <span className={styles.rowIcon}>{session.device.startsWith('Deskside') ? <Laptop aria-hidden="true" /> : <Globe aria-hidden="true" />}</span>
            <span className={styles.rowWords}>
              <strong>{session.device}</strong>
              <span className={styles.quiet}>{text.devices.since(day(session.since))}</span>
            </span>
            {session.current ? (
              <Chip tone="accent">{text.devices.current}</Chip>
            ) : (
              <Button small aria-label={`${text.devices.end}: ${session.device}`} isDisabled={ending.has(session.id) || isOffline} onPress={() => void end([session], sessions)}>
                {text.devices.end}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Page>
  )
}
