/** Something the server is asked for when a page opens: waiting, there, or failed with a way to try again. */

import { useCallback, useEffect, useState } from 'react'

export type Fetched<T> = { kind: 'waiting' } | { kind: 'there'; value: T } | { kind: 'failed' }

/** `ask` must stay the same function as long as it asks for the same thing. */
export function useFetched<T>(ask: () => Promise<T>): { fetched: Fetched<T>; again: () => void; set: (value: T) => void } {
  const [fetched, setFetched] = useState<Fetched<T>>({ kind: 'waiting' })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isGone = false
    ask().then(
      (value) => !isGone && setFetched({ kind: 'there', value }),
      () => !isGone && setFetched({ kind: 'failed' }),
    )
    return () => {
      isGone = true
    }
    // A new round asks the same question again.
  }, [ask, round])
  const again = useCallback(() => {
    setFetched({ kind: 'waiting' })
    setRound((round) => round + 1)
  }, [])
  return { fetched, again, set: (value) => setFetched({ kind: 'there', value }) }
}
