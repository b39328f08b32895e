/** The address of a clip, `/c/ID`: the thread it belongs to, or the clip alone while it belongs to none. */

import { useCallback, useEffect } from 'react'
import { VideoOff } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { go } from '../../app/router'
import { Button, EmptyState, Skeleton } from '../../kit'
import type { ClipId } from '../../protocol/wire'
import { useHost, useReadable, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { Review } from '../review/Review'
import { ClipPlayer } from './ClipPlayer'
import styles from './ClipPage.module.css'

export function ClipPage({ id }: { id: ClipId }) {
  const clip = useReplica(useCallback((replica: Replica) => replica.clips.get(id), [id]))
  const loaded = useReplica((replica) => replica.loaded)
  const { review } = useHost()
  const held = useReadable(review.held).find((one) => one.clip === id)
  const request = clip?.request ?? held?.request
  useEffect(() => {
    if (request) go(`/r/${request}`, 'replace')
  }, [request])
  if (!loaded) return <Skeleton label={text.common.loading} rows={3} />
  return (
    <main className={styles.page}>
      {held ? (
        <Review held={held} onSend={() => attempt(review.send(id, true))} />
      ) : clip ? (
        <ClipPlayer id={id} request={null} />
      ) : (
        <EmptyState icon={<VideoOff />} title={text.clip.gone} action={<Button onPress={() => go('/')}>{text.request.back}</Button>}>
          {text.inbox.goneHint}
        </EmptyState>
      )}
    </main>
  )
}
