/** What can't be done here, said with what to do instead. In a browser that includes where the app is. */

import { Download } from 'lucide-react'
import { Note } from '../../kit'
import { useHost } from '../../replica/hooks'
import { text } from '../../text'
import styles from './Mask.module.css'

export function Cannot({ words }: { words: string }) {
  const host = useHost()
  return (
    <Note
      role="status"
      action={
        !host.desktop && (
          <a className={styles.link} href={host.link('/download')} target="_blank" rel="noreferrer">
            <Download aria-hidden="true" /> {text.capabilities.getApp}
          </a>
        )
      }
    >
      {words}
    </Note>
  )
}
