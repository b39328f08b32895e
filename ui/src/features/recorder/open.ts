/** Where recording begins from: a thread, or a question being asked. The app opens its picker, a browser its first screen. */

import { useCallback } from 'react'
import { store } from '../../host/store'
import type { ClipId, RequestId } from '../../protocol/wire'
import { useHost, useReadable, useReplica } from '../../replica/hooks'
import { text } from '../../text'

/** What the page's first screen was opened for. */
export const recordOpen = store<{ request: RequestId | undefined } | undefined>(undefined)

/** The thread that the recording of this page is for; undefined: the question being asked. */
export const recordingFor = store<RequestId | undefined>(undefined)

/** A clip that was recorded for the question being asked, and is not sent yet. */
export const clipForAsk = store<ClipId | undefined>(undefined)

/** How one records here: `record` begins, or `why` says why not. */
export function useRecord(): { record: ((request: RequestId | undefined) => void) | undefined; why: string } {
  const host = useHost()
  const { recordScreen } = useReadable(host.capabilities)
  const allowed = useReplica((replica) => replica.org?.browser_clips ?? true)
  const record = useCallback(
    (request: RequestId | undefined) => {
      if (host.desktop) host.desktop.recorder.pick(request ? { request } : {})
      else recordOpen.set({ request })
    },
    [host],
  )
  if (!recordScreen.can) return { record: undefined, why: recordScreen.because === 'browser' ? text.capabilities.browser.recordScreen : text.because[recordScreen.because] }
  if (!host.desktop && !host.recorder) return { record: undefined, why: text.capabilities.browser.recordScreen }
  if (!host.desktop && !allowed) return { record: undefined, why: text.page.off }
  return { record, why: '' }
}
