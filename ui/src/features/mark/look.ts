/**
 * Looking for a customer's numbers in the picture being marked. The board opens without waiting; what is found arrives as
 * it is found, and the picture leaves only when the look is over or its failure was read.
 */

import { useEffect, useEffectEvent, useState } from 'react'
import type { FoundNumber } from '../../host/host'
import { useHost, useReadable } from '../../replica/hooks'

/** Tells everything found so far each time there is more; resolves with all of it. */
export type Look = (tell: (found: readonly FoundNumber[]) => void) => Promise<readonly FoundNumber[]>

/** `none`: nobody looks here. `failed`: the picture may hold anything. */
export type Looking = 'none' | 'looking' | 'looked' | 'failed'

/** `look` must be the same function as long as the picture is the same. */
export function useLook(look: Look | undefined, onFound: (found: readonly FoundNumber[]) => void): Looking {
  const hear = useEffectEvent(onFound)
  const [ended, setEnded] = useState<{ look: Look; how: 'looked' | 'failed' } | undefined>()
  useEffect(() => {
    if (!look) return
    let isGone = false
    const tell = (found: readonly FoundNumber[]) => {
      if (!isGone) hear(found)
    }
    look(tell).then(
      (found) => {
        tell(found)
        if (!isGone) setEnded({ look, how: 'looked' })
      },
      () => !isGone && setEnded({ look, how: 'failed' }),
    )
    return () => {
      isGone = true
    }
  }, [look])
  if (!look) return 'none'
  return ended?.look === look ? ended.how : 'looking'
}

/** Who looks for numbers here; nobody in a browser, or where the text engine is missing. */
export function useNumbers() {
  const host = useHost()
  const capability = useReadable(host.capabilities).findNumbers
  return capability.can ? host.desktop?.numbers : undefined
}
