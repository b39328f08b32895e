/** A question that must be answered before going on, or a sheet to look at. Focus goes in, and back out to where it was. */

import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { X } from 'lucide-react'
import { IconButton } from './Button'
import { text } from '../text'
import styles from './Dialog.module.css'

export function Dialog(props: {
  open: boolean
  onClose: () => void
  title: string
  /** The title is read aloud but not shown. */
  quietTitle?: boolean
  width?: 'narrow' | 'middle' | 'wide'
  place?: 'centre' | 'top'
  children: ReactNode
  actions?: ReactNode
}) {
  return (
    <ModalOverlay className={styles.overlay ?? ''} data-place={props.place ?? 'centre'} isOpen={props.open} onOpenChange={(open) => !open && props.onClose()} isDismissable>
      <Modal className={styles.modal ?? ''} data-width={props.width ?? 'middle'}>
        <AriaDialog className={styles.dialog ?? ''}>
          <header className={props.quietTitle ? 'unseen' : styles.header}>
            <Heading slot="title" className={styles.title ?? ''}>
              {props.title}
            </Heading>
            {!props.quietTitle && (
              <IconButton label={text.common.close} small onPress={props.onClose} keys="Esc">
                <X />
              </IconButton>
            )}
          </header>
          {props.children}
          {props.actions && <footer className={styles.actions}>{props.actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
