/** The moment of a clip that the next words are about; set by a player, read by the composer of the same thread. */

import { store } from '../../host/store'
import type { Moment, RequestId } from '../../protocol/wire'

export const moments = store<ReadonlyMap<RequestId, Moment>>(new Map())

export function commentAt(request: RequestId | null, moment: Moment): void {
  if (!request) return
  moments.set(new Map(moments.get()).set(request, moment))
  document.getElementById('composer')?.focus()
}

export function forgetMoment(request: RequestId): void {
  const rest = new Map(moments.get())
  rest.delete(request)
  moments.set(rest)
}
