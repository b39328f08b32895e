/** A picture out of a clip, to draw on: taken from the player, marked, and attached to the next words. */

import { store } from '../../host/store'
import type { Moment, RequestId } from '../../protocol/wire'
import { commentAt } from './moment'

/** A picture that waits to be marked, and for which thread. */
/** `otherwise`: what it stays if nothing is marked; without it, the picture as it is. */
export const toMark = store<{ picture: Blob; otherwise?: Blob; name: string; request: RequestId | 'ask' } | undefined>(undefined)

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
