/** A picture out of a clip, to draw on: taken from the player, marked, and attached to the next words. */

import { store } from '../../host/store'
import type { AttachmentId, Moment, RequestId } from '../../protocol/wire'
import { commentAt } from './moment'

/** A picture that waits to be marked, and for what. `instead`: the chosen one whose place it takes once it is marked. */
export const toMark = store<{ picture: Blob; name: string; request: RequestId | 'ask'; instead?: AttachmentId } | undefined>(undefined)

export function drawOn(video: HTMLVideoElement, request: RequestId, moment: Moment): void {
  video.pause()
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  canvas.toBlob((picture) => {
    if (!picture) return
    commentAt(request, moment)
    toMark.set({ picture, name: `clip ${(moment.at_ms / 1000).toFixed(1)} s.png`, request })
  }, 'image/png')
}
