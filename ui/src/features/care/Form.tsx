/**
 * The frame of a dialog that says one thing: a sentence on what it does, its fields, what will be masked, Cancel and the act
 * itself. It sends once, says where that stands, and keeps the fields if it was refused.
 */

import type { ReactNode } from 'react'
import { SavingNote, useSaving } from '../../app/saving'
import { Button } from '../../kit'
import { text } from '../../text'
import { maskKey, MaskLine, type Mask } from '../composer/MaskLine'
import styles from './Owed.module.css'

export interface FormProps {
  hint: ReactNode
  sendLabel: string
  isReady: boolean
  /** The act can't be undone, or calls many people: it looks like it. */
  tone?: 'primary' | 'danger' | 'live'
  /** What is masked of the words in it. */
  mask?: Mask
  /** Resolves when the server has it. */
  onSend: () => Promise<unknown>
  onClose: () => void
  /** The server has it; unless something else is to be done, the dialog closes. */
  onSent?: () => void
  children: ReactNode
}

export function Form({ hint, sendLabel, isReady, tone = 'primary', mask, onSend, onClose, onSent = onClose, children }: FormProps) {
  const { saving, save } = useSaving()
  const isSending = saving.kind === 'sending'
  return (
    <form
      className={styles.form}
      onKeyDown={mask && maskKey(mask)}
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady && !isSending) save(onSend(), onSent)
      }}
    >
      <p className={styles.quiet}>{hint}</p>
      {children}
      {mask && <MaskLine mask={mask} />}
      {(isSending || saving.kind === 'refused') && <SavingNote saving={saving} />}
      <footer className={styles.foot}>
        {/* What is on its way, or kept here, is not cancelled by leaving. */}
        <Button onPress={onClose}>{isSending ? text.common.close : text.common.cancel}</Button>
        <Button tone={tone} type="submit" isDisabled={!isReady || isSending}>{sendLabel}</Button>
      </footer>
    </form>
  )
}
