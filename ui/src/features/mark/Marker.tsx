/** Marks a picture that this window already has, over everything else; focus goes back where it was. */

import { useEffect, useMemo, useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { ImageOff } from 'lucide-react'
import { Button, EmptyState } from '../../kit'
import { useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { markText } from '../../text/mark'
import { MarkBoard } from './MarkBoard'
import { useNumbers, type Look } from './look'
import { openPicture } from './picture'
import styles from './Mark.module.css'

export function Marker(props: { picture: Blob; name: string; onDone: (picture: Blob) => void; onCancel: () => void }) {
  return (
    <ModalOverlay isOpen isKeyboardDismissDisabled className={styles.full ?? ''}>
      <Modal className={styles.fill ?? ''}>
        <Dialog aria-label={`${text.mark.title}: ${props.name}`} className={styles.fill ?? ''}>
          <Opened {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Opened({ picture, onDone, onCancel }: { picture: Blob; onDone: (picture: Blob) => void; onCancel: () => void }) {
  const exempt = useReplica((replica) => replica.org?.exempt_numbers)
  const opened = useOpened(picture)
  const look = useLookAt(picture)
  if (opened === 'broken') {
    return (
      <EmptyState icon={<ImageOff />} title={markText.unreadable} action={<Button onPress={onCancel}>{text.common.close}</Button>}>
        {markText.unreadableHint}
      </EmptyState>
    )
  }
  if (!opened) return <output className={styles.waiting}>{markText.opening}</output>
  return <MarkBoard picture={opened} exempt={exempt ?? []} look={look} onDone={onDone} onCancel={onCancel} />
}

/** Looks at a file that this window has. */
export function useLookAt(file: Blob): Look | undefined {
  const numbers = useNumbers()
  return useMemo(() => numbers && (() => numbers.inPicture(file)), [numbers, file])
}

/** The pixels of a file; wiped when the file changes or the window closes. */
export function useOpened(file: Blob): ImageBitmap | 'broken' | undefined {
  const [opened, setOpened] = useState<{ file: Blob; picture: ImageBitmap | 'broken' } | undefined>()
  useEffect(() => {
    let bitmap: ImageBitmap | undefined
    let isGone = false
    openPicture(file).then(
      (picture) => {
        bitmap = picture
        if (isGone) picture.close()
        else setOpened({ file, picture })
      },
      () => !isGone && setOpened({ file, picture: 'broken' }),
    )
    return () => {
      isGone = true
      bitmap?.close()
    }
  }, [file])
  return opened?.file === file ? opened.picture : undefined
}
