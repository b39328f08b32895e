/** Where a question would stand that is only being written: asked when the desk or the urgency changes, and now and then. */

import { useEffect, useState } from 'react'
import type { DeskId, Place, Urgency } from '../../protocol/wire'
import { useHost, useReadable } from '../../replica/hooks'

/** A range that changes more often than that is read as a flicker. */
const AGAIN = 15_000

export function useQuestionPlace(desk: DeskId | undefined, urgency: Urgency): Place | undefined {
  const host = useHost()
  const isOnline = useReadable(host.connection).kind === 'online'
  const [known, setKnown] = useState<{ of: string; place: Place | undefined }>()
  const key = `${desk} ${urgency}`
  useEffect(() => {
    if (!desk || !isOnline) return
    const stop = new AbortController()
    const ask = () =>
      host.questionPlace(desk, urgency, stop.signal).then(
        (place) => !stop.signal.aborted && setKnown({ of: `${desk} ${urgency}`, place }),
        // Asking works without it.
        () => !stop.signal.aborted && setKnown(undefined),
      )
    void ask()
    const timer = setInterval(() => void ask(), AGAIN)
    return () => {
      stop.abort()
      clearInterval(timer)
    }
  }, [host, desk, urgency, isOnline])
  return isOnline && known?.of === key ? known.place : undefined
}
