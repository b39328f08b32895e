/** Says that a clip waits to be watched, wherever one is: also after the app or the tab came back from the dead. */

import { EyeOff } from 'lucide-react'
import { go } from '../../app/router'
import { Button, Note } from '../../kit'
import type { HeldClip } from '../../host/host'
import { useHost, useReadable } from '../../replica/hooks'
import { text } from '../../text'
import { clipOfDraft } from '../ask/kept'
import { openAsk } from '../ask/open'
import { clipForAsk } from '../recorder/open'
import styles from '../../app/ConnectionStrip.module.css'

export function HeldStrip({ path }: { path: string }) {
  const host = useHost()
  const ofPage = useReadable(clipForAsk)
  const held = useReadable(host.review.held)
  const isOfQuestion = (one: HeldClip) => one.clip === ofPage || one.clip === clipOfDraft(host)
  const place = (one: HeldClip) => (one.request ? `/r/${one.request}` : `/c/${one.clip}`)
  // Where it stands on the screen already, nothing has to be said twice.
  const elsewhere = held.filter((one) => path !== place(one))
  const first = elsewhere[0]
  if (!first) return null
  const watch = () => (isOfQuestion(first) ? openAsk() : go(place(first)))
  return (
    <div className={styles.strip}>
      <Note icon={<EyeOff />} role="status" action={<Button small onPress={watch}>{text.review.watch}</Button>}>
        {text.review.waits(elsewhere.length)}
      </Note>
    </div>
  )
}
