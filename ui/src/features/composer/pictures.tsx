/** What has to be known of chosen pictures before they are sent: still being looked at, covered, or never looked at. */

import { useCallback, useEffect, useEffectEvent, useState } from 'react'
import { ScanSearch, ShieldCheck, TriangleAlert } from 'lucide-react'
import { Note } from '../../kit'
import { useHost, useReadable } from '../../replica/hooks'
import { list, text } from '../../text'
import type { Chosen } from './files'

/** Pictures that are being looked at, and what is to be sent once they are ready. */
export interface Pending<T> {
  pending: boolean
  wanted: { how: T } | undefined
  setWanted: (wanted: { how: T } | undefined) => void
  during: (work: Promise<unknown>) => Promise<void>
}

export function usePending<T>(): Pending<T> {
  const [count, setCount] = useState(0)
  const [wanted, setWanted] = useState<{ how: T } | undefined>()
  const during = useCallback(async (work: Promise<unknown>) => {
    setCount((count) => count + 1)
    await work.finally(() => setCount((count) => count - 1))
  }, [])
  return { pending: count > 0, wanted, setWanted, during }
}

/** Sends what was wanted as soon as every picture is ready. */
export function useSendLater<T>({ pending, wanted, setWanted }: Pending<T>, send: (how: T) => void) {
  const go = useEffectEvent(send)
  useEffect(() => {
    if (pending || !wanted) return
    setWanted(undefined)
    go(wanted.how)
  }, [pending, wanted, setWanted])
}

export function PictureNote({ chosen, pending, waits }: { chosen: readonly Chosen[]; pending: boolean; waits: boolean }) {
  const findNumbers = useReadable(useHost().capabilities).findNumbers
  const covered = [...new Set(chosen.flatMap((one) => one.covered))]
  if (pending) {
    return (
      <Note role="status" icon={<ScanSearch />}>
        {waits ? text.composer.lookingFirst : text.composer.looking}
      </Note>
    )
  }
  return (
    <>
      {covered.length > 0 && (
        <Note role="status" icon={<ShieldCheck />}>
          {text.composer.covered(list(covered.map((kind) => text.masks.kind[kind])))}
        </Note>
      )}
      {chosen.some((one) => one.unlooked) && (
        <Note role="status" icon={<TriangleAlert />}>
          {findNumbers.can ? text.composer.unlooked.failed : findNumbers.because === 'browser' ? text.composer.unlooked.browser : text.composer.unlooked.notInstalled}
        </Note>
      )}
    </>
  )
}
