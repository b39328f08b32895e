/** Pictures of a message: small in the thread, large on a click, Enter or the space bar. Other files as a line. */

import { useCallback, useState } from 'react'
import { ChevronLeft, ChevronRight, Download, FileText, ImageOff, Trash2, X } from 'lucide-react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { attempt } from '../../app/attempt'
import { useKeys } from '../../app/keys'
import { IconButton } from '../../kit'
import type { Attachment, AttachmentId } from '../../protocol/wire'
import { useCommands, useHost, useMe, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { size, text } from '../../text'
import styles from './Pictures.module.css'

export function Pictures({ ids }: { ids: readonly AttachmentId[] }) {
  const [large, setLarge] = useState<number | undefined>()
  return (
    <>
      <ul className={styles.pictures}>
        {ids.map((id, i) => (
          <li key={id}>
            <Small id={id} onLarge={() => setLarge(i)} />
          </li>
        ))}
      </ul>
      {large !== undefined && <Large ids={ids} at={large} onMove={setLarge} />}
    </>
  )
}

function Small({ id, onLarge }: { id: AttachmentId; onLarge: () => void }) {
  const { media } = useHost()
  const file = useReplica(useCallback((replica: Replica) => replica.attachments.get(id), [id]))
  if (!file) return null
  if (file.state !== 'stored') {
    return (
      <span className={styles.missing} role="status">
        <ImageOff aria-hidden="true" /> {file.name}: {text.picture.state[file.state]}
      </span>
    )
  }
  if (!isPicture(file)) {
    return (
      <a className={styles.file} href={media.attachment(id)} download={file.name}>
        <FileText aria-hidden="true" /> {file.name} <span>{size(file.size)}</span>
      </a>
    )
  }
  return (
    <button
      type="button"
      className={styles.picture}
      aria-label={text.picture.open(file.name)}
      style={{ aspectRatio: `${file.width} / ${file.height}` }}
      onClick={onLarge}
    >
      <img src={media.attachment(id)} alt={file.name} loading="lazy" />
    </button>
  )
}

function Large({ ids, at, onMove }: { ids: readonly AttachmentId[]; at: number; onMove: (at: number | undefined) => void }) {
  const { media } = useHost()
  const me = useMe()
  const commands = useCommands()
  const id = ids[at]
  const file = useReplica(useCallback((replica: Replica) => (id ? replica.attachments.get(id) : undefined), [id]))
  const close = () => onMove(undefined)
  const move = (by: number) => onMove(Math.min(ids.length - 1, Math.max(0, at + by)))
  useKeys(text.keys.pictureLarge, [
    { keys: 'Space', name: text.common.close, act: close, always: true },
    { keys: 'Left', name: text.picture.previous, act: () => move(-1), always: true },
    { keys: 'Right', name: text.picture.next, act: () => move(1), always: true },
  ])
  if (!file || !id) return null
  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen onOpenChange={(open) => !open && close()} isDismissable>
      <Modal className={styles.modal ?? ''}>
        <AriaDialog className={styles.dialog ?? ''}>
          <header className={styles.bar}>
            <Heading slot="title" className={styles.name ?? ''}>
              {file.name}
            </Heading>
            {ids.length > 1 && <span>{text.picture.of(at + 1, ids.length)}</span>}
            <span className={styles.grow} />
            {ids.length > 1 && (
              <>
                <IconButton label={text.picture.previous} keys="Left" onPress={() => move(-1)}><ChevronLeft /></IconButton>
                <IconButton label={text.picture.next} keys="Right" onPress={() => move(1)}><ChevronRight /></IconButton>
              </>
            )}
            <a className={styles.download} href={media.attachment(id)} download={file.name} aria-label={text.picture.download}>
              <Download aria-hidden="true" />
            </a>
            {file.owner === me && (
              <IconButton label={text.picture.delete} onPress={() => (attempt(commands.deleteAttachment({ attachment: id })), close())}><Trash2 /></IconButton>
            )}
            <IconButton label={text.common.close} keys="Space" onPress={close}><X /></IconButton>
          </header>
          <img className={styles.whole} src={media.attachment(id)} alt={file.name} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

function isPicture(file: Attachment): boolean {
  return file.mime.startsWith('image/')
}
