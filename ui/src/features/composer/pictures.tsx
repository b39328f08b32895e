/** Choosing pictures and files for what is being written, and what has to be known of them: looked at, covered, or not. */

import { useEffect, useEffectEvent, useRef, useState, type ClipboardEvent, type DragEvent, type ReactNode } from 'react'
import { ScanSearch, ShieldCheck, TriangleAlert } from 'lucide-react'
import { Note } from '../../kit'
import { useHost, useReadable } from '../../replica/hooks'
import { list, text } from '../../text'
import { ACCEPT, pastedFiles, type Chosen } from './files'
import { addFiles, drop, parcelOf, parcels, type Parcel, type Target } from './parcels'
import { toMark } from './still'

export interface Pictures extends Pick<Parcel, 'chosen' | 'problem'> {
  /** Some are still being looked at. */
  pending: boolean
  /** It was sent, and waits for that. */
  leaving: boolean
  /** Something is held over it. */
  over: boolean
  /** For the element that takes what is dropped. */
  dropping: { onDragOver: (event: DragEvent) => void; onDragLeave: () => void; onDrop: (event: DragEvent) => void }
  /** For the field in which one pastes. */
  onPaste: (event: ClipboardEvent) => void
  /** Has to be on the page for `choose`. */
  input: ReactNode
  /** Opens the system's own choice of files. */
  choose: () => void
  remove: (one: Chosen) => void
  /** Opens the marking board; until it is done, the picture stays as it is. */
  mark: (one: Chosen) => void
}

/** `onLeft`: what was being looked at has been sent meanwhile. */
export function usePictures(target: Target, onLeft: () => void): Pictures {
  const host = useHost()
  const { chosen, problem, looking, leaving, left } = useReadable(parcels).get(target) ?? parcelOf(target)
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const seen = useRef(left)
  const hear = useEffectEvent(onLeft)
  useEffect(() => {
    if (seen.current === left) return
    seen.current = left
    hear()
  }, [left])
  const add = (files: readonly File[]) => void addFiles(host, target, files)
  return {
    chosen,
    problem,
    pending: looking > 0,
    leaving: leaving !== undefined,
    over,
    dropping: {
      onDragOver(event) {
        const isFile = event.dataTransfer.types.includes('Files')
        if (isFile) setOver(true)
        if (isFile || !isField(event.target)) event.preventDefault()
      },
      onDragLeave: () => setOver(false),
      onDrop(event) {
        setOver(false)
        const files = [...event.dataTransfer.files]
        // A link that is dropped beside the field would be opened in place of Deskside.
        if (files.length > 0 || !isField(event.target)) event.preventDefault()
        if (files.length > 0) add(files)
      },
    },
    onPaste(event) {
      const files = pastedFiles(event.clipboardData)
      if (files.length === 0) return
      event.preventDefault()
      add(files)
    },
    input: <input ref={input} type="file" multiple accept={ACCEPT} hidden onChange={(event) => (add([...(event.target.files ?? [])]), (event.target.value = ''))} />,
    choose: () => input.current?.click(),
    remove: (one) => drop(target, one),
    mark: (one) => toMark.set({ picture: one.original ?? one.file, name: one.about.name, request: target, instead: one.about.id }),
  }
}

/** Words may be dropped into a field. */
const isField = (target: EventTarget) => target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement

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
