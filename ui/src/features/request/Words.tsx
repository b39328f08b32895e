/** Words people wrote: addresses become links, masked places are marked, nothing else is interpreted. */

import { Fragment } from 'react'
import styles from './Words.module.css'

const PARTS = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|(\[(?:card|code|IBAN|phone|e-mail)\])/g

export function Words({ text }: { text: string }) {
  return text.split(PARTS).map((part, i) => {
    if (!part) return null
    if (/^https?:\/\//.test(part)) {
      return (
        <a key={i} href={part} target="_blank" rel="noreferrer">
          {part.replace(/^https?:\/\//, '')}
        </a>
      )
    }
    if (/^\[.*\]$/.test(part) && i % 3 === 2) {
      return (
        <span key={i} className={styles.mask}>
          {part.slice(1, -1)}
        </span>
      )
    }
    return <Fragment key={i}>{part}</Fragment>
  })
}
