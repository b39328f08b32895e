/**
 * The first screen of a recording in a browser: what it can't do, the microphone, and then the browser's own question
 * what to show. Said before anything is recorded, because afterwards it is too late.
 */

import { useCallback, useEffect, useState } from 'react'
import { EyeOff, Mic, ScreenShare } from 'lucide-react'
import { Button, Dialog, Note, Select } from '../../kit'
import type { PageRecorder } from '../../host/host'
import type { RequestId } from '../../protocol/wire'
import { useHost, useReadable, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { list, text } from '../../text'
import { isReviewDemanded } from '../review/demand'
import { recordingFor, recordOpen, useBeginsWithMic } from './open'
import styles from './RecordDialog.module.css'

const NO_MIC = 'none'

export function RecordDialog() {
  const { recorder } = useHost()
  const open = useReadable(recordOpen)
  const close = () => recordOpen.set(undefined)
  if (!recorder) return null
  return (
    <Dialog open={open !== undefined} onClose={close} title={text.page.title} width="narrow">
      {open && <Before recorder={recorder} request={open.request} onClose={close} />}
    </Dialog>
  )
}

function Before({ recorder, request, onClose }: { recorder: PageRecorder; request: RequestId | undefined; onClose: () => void }) {
  const denied = useReplica((replica) => replica.org?.deny_windows) ?? []
  const [mics, setMics] = useState<{ id: string; name: string }[]>([])
  const hold = useReplica(useCallback((replica: Replica) => isReviewDemanded(replica, request), [request]))
  const isOn = useBeginsWithMic(request === undefined)
  const [chosen, setMic] = useState<string | undefined>()
  const mic = chosen ?? (isOn ? mics[0]?.id : undefined) ?? NO_MIC
  useEffect(() => {
    let here = true
    void recorder.mics().then((found) => here && setMics(found))
    return () => {
      here = false
    }
  }, [recorder])
  const start = () => {
    void recorder.begin({ mic: mic === NO_MIC ? null : mic, request, hold }).then((begun) => {
      if (!begun) return
      recordingFor.set(request)
      onClose()
    })
  }
  return (
    <div className={styles.body}>
      <p className={styles.what}>{text.page.what}</p>
      {hold && <p className={styles.what}>{text.review.before}</p>}
      <Note icon={<EyeOff />} tone="live">
        <strong className={styles.strong}>{text.page.notPainted}</strong> {denied.length > 0 ? text.page.notPaintedThese(list(denied.slice(0, 4).map((one) => `“${one}”`))) : ''} {text.page.instead}
      </Note>
      <div className={styles.mic}>
        <Mic aria-hidden="true" />
        <Select
          label={text.pick.mic}
          value={mic}
          onChange={setMic}
          choices={[{ id: NO_MIC, name: text.pick.noMic }, ...mics.map((one, i) => ({ id: one.id, name: one.name || text.page.micOf(i + 1) }))]}
        />
        {!isOn && mics.length > 0 && <p className={styles.quiet}>{text.pick.micOff}</p>}
      </div>
      <footer className={styles.actions}>
        <Button onPress={onClose}>{text.common.cancel}</Button>
        <Button tone="primary" icon={<ScreenShare />} autoFocus onPress={start}>
          {text.page.choose}
        </Button>
      </footer>
    </div>
  )
}
