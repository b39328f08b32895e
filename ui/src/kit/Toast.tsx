/**
 * Short notes at the lower edge that say what happened and offer the way back. They never carry what must not be
 * missed: a waiting customer has a card that stays.
 */

import { UNSTABLE_Toast as AriaToast, UNSTABLE_ToastContent as Content, UNSTABLE_ToastQueue as Queue, UNSTABLE_ToastRegion as Region, Text } from 'react-aria-components'
import { X } from 'lucide-react'
import { Button, IconButton } from './Button'
import { text } from '../text'
import styles from './Toast.module.css'

export interface ToastNote {
  title: string
  detail?: string
  tone?: 'plain' | 'danger'
  /** Until somebody closes it, acts, or it is taken back. */
  stays?: boolean
  action?: { name: string; act: () => void }
}

const queue = new Queue<ToastNote>({ maxVisibleToasts: 3 })

/** Returns how to take it back. */
export function toast(note: ToastNote): () => void {
  const key = queue.add(note, note.stays ? {} : { timeout: note.tone === 'danger' ? 12_000 : 6_000 })
  return () => queue.close(key)
}

export function Toasts() {
  return (
    <Region queue={queue} className={styles.region ?? ''} aria-label={text.common.notes}>
      {({ toast: shown }) => (
        <AriaToast toast={shown} className={styles.toast ?? ''} data-tone={shown.content.tone ?? 'plain'}>
          <Content className={styles.content ?? ''}>
            <Text slot="title" className={styles.title}>
              {shown.content.title}
            </Text>
            {shown.content.detail && (
              <Text slot="description" className={styles.detail}>
                {shown.content.detail}
              </Text>
            )}
          </Content>
          {shown.content.action && (
            <Button
              small
              tone="quiet"
              onPress={() => {
                shown.content.action?.act()
                queue.close(shown.key)
              }}
            >
              {shown.content.action.name}
            </Button>
          )}
          <IconButton label={text.common.close} small slot="close">
            <X />
          </IconButton>
        </AriaToast>
      )}
    </Region>
  )
}
