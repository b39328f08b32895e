/** The frame of a dialog that says one thing: a sentence on what it does, its fields, Cancel and the act itself. */

import type { ReactNode } from 'react'
import { Button } from '../../kit'
import { text } from '../../text'
import styles from './Owed.module.css'

export interface FormProps {
  hint: ReactNode
  sendLabel: string
  isReady: boolean
  /** The act can't be undone, or calls many people: it looks like it. */
  tone?: 'primary' | 'danger' | 'live'
  onSend: () => void
  onClose: () => void
  children: ReactNode
}

export function Form({ hint, sendLabel, isReady, tone = 'primary', onSend, onClose, children }: FormProps) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onSend()
      }}
    >
      <p className={styles.quiet}>{hint}</p>
      {children}
      <footer className={styles.foot}>
        <Button onPress={onClose}>{text.common.cancel}</Button>
        <Button tone={tone} type="submit" isDisabled={!isReady}>{sendLabel}</Button>
      </footer>
    </form>
  )
}
