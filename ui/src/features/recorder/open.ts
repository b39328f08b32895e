/** Where recording begins from: a thread, or a question being asked. The app opens its picker, a browser its first screen. */

import { useCallback } from 'react'
import type { Host } from '../../host/host'
import { store } from '../../host/store'
import type { ClipId, RequestId } from '../../protocol/wire'
import { useHost, useMe, useReadable, useReplica, type World } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { urgencyOfDraft } from '../ask/kept'
import { beginsWithMic } from './mic'

/** What the page's first screen was opened for. */
export const recordOpen = store<{ request: RequestId | undefined } | undefined>(undefined)

/** The thread that the recording of this page is for; undefined: the question being asked. */
export const recordingFor = store<RequestId | undefined>(undefined)

/** A clip that was recorded for the question being asked, and is not sent yet. */
export const clipForAsk = store<ClipId | undefined>(undefined)

/** Why one can't record here; empty: one can. */
function obstacle(host: Host, allowed: boolean): string {
  const { recordScreen } = host.capabilities.get()
  if (!recordScreen.can) return recordScreen.because === 'browser' ? text.capabilities.browser.recordScreen : text.because[recordScreen.because]
  if (!host.desktop && !host.recorder) return text.capabilities.browser.recordScreen
  return host.desktop || allowed ? '' : text.page.off
}

function begin(host: Host, request: RequestId | undefined): void {
  if (host.desktop) host.desktop.recorder.pick(request ? { request } : {})
  else recordOpen.set({ request })
}

/** How to record for a request, outside of any screen; undefined: not here. */
export function recorderFor({ host, replica }: Pick<World, 'host' | 'replica'>, request: RequestId): (() => void) | undefined {
  return obstacle(host, replica.org?.browser_clips ?? true) ? undefined : () => begin(host, request)
}

/** Whether the microphone is on unless somebody chooses. `forAsk`: the clip may be for the question being written. */
export function useBeginsWithMic(forAsk: boolean): boolean {
  const host = useHost()
  const me = useMe()
  return useReplica(useCallback((replica: Replica) => beginsWithMic(replica, me, forAsk ? urgencyOfDraft(host) : undefined), [host, me, forAsk]))
}

/** How one records here: `record` begins, or `why` says why not. */
export function useRecord(): { record: ((request: RequestId | undefined) => void) | undefined; why: string } {
  const host = useHost()
  useReadable(host.capabilities)
  const allowed = useReplica((replica) => replica.org?.browser_clips ?? true)
  const record = useCallback((request: RequestId | undefined) => begin(host, request), [host])
  const why = obstacle(host, allowed)
  return { record: why ? undefined : record, why }
}
