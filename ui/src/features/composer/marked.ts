/** A picture that was marked in this window and now belongs to the next words of a thread, or to the question being asked. */

import { store } from '../../host/store'
import type { RequestId } from '../../protocol/wire'

/** `looked`: it was searched for numbers on the marking board. */
export const marked = store<{ picture: Blob; looked: boolean; name: string; request: RequestId | 'ask' } | undefined>(undefined)
