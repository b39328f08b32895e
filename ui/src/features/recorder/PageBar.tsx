/** A recording of this page's own: its bar above the screens, and its time in the tab's title while one is elsewhere. */

import { useEffect, useRef } from 'react'
import { go } from '../../app/router'
import { openAsk } from '../ask/open'
import { toast } from '../../kit'
import type { PageRecorder } from '../../host/host'
import { useHost, useReadable } from '../../replica/hooks'
import { clock, text } from '../../text'
import { Bar } from './Bar'
import { clipForAsk, recordingFor } from './open'
import styles from './PageBar.module.css'

export function PageBar() {
  const { recorder } = useHost()
  return recorder ? <Shown recorder={recorder} /> : null
}

function Shown({ recorder }: { recorder: PageRecorder }) {
  const { review } = useHost()
  const state = useReadable(recorder.state)
  const seconds = state.kind === 'recording' ? clock(state.ms) : ''
  useEffect(() => {
    if (!seconds) return
    const before = document.title
    document.title = text.page.tab(seconds)
    return () => {
      document.title = before
    }
  }, [seconds])
  const last = useRef(state)
  useEffect(() => {
    const before = last.current
    last.current = state
    if (before.kind !== 'finishing' || state.kind !== 'idle') return
    const request = recordingFor.get()
    if (request && review.held.get().some((one) => one.clip === before.clip)) {
      go(`/r/${request}`)
      return
    }
    if (request) {
      toast({ title: text.page.sent })
      return
    }
    clipForAsk.set(before.clip)
    openAsk()
  }, [state, review])
  if (state.kind === 'idle' || state.kind === 'picking') return null
  return (
    <div className={styles.place}>
      <Bar recorder={recorder} />
    </div>
  )
}
