/** How one takes a screenshot here: `shoot` begins, or `why` says why not and what to do instead. */

import { useCallback } from 'react'
import type { RequestId } from '../../protocol/wire'
import { useHost, useReadable } from '../../replica/hooks'
import { text } from '../../text'

export function useShot(): { shoot: ((forWhat: { request?: RequestId }) => void) | undefined; why: string } {
  const host = useHost()
  const { takeShot } = useReadable(host.capabilities)
  const shoot = useCallback((forWhat: { request?: RequestId }) => void host.desktop?.shots.begin(forWhat), [host])
  if (takeShot.can) return { shoot, why: '' }
  return { shoot: undefined, why: takeShot.because === 'browser' ? text.capabilities.browser.takeShot : `${text.because[takeShot.because]} ${text.capabilities.paste}` }
}
