/** A picture that was marked in this window and now belongs to the next words of a thread, or to the question being asked. */

import { store } from '../../host/store'
import type { RequestId } from '../../protocol/wire'

export const marked = store<{ picture: Blob; name: string; request: RequestId | 'ask' } | undefined>(undefined)
