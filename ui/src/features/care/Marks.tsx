/** What must be seen of a request also in a list: it is critical, a call is owed, it does not move. Each by shape and words. */

import { Hourglass, PhoneForwarded, Siren, Workflow } from 'lucide-react'
import type { Request } from '../../protocol/wire'
import { moment, text } from '../../text'
import { isOpen } from './rights'
import styles from './Care.module.css'

export function Marks({ request, now }: { request: Request; now: number }) {
  const { critical, callback, stalled, blocked_by } = request.care
  const blocked = blocked_by.length > 0
  if (!critical && !callback && !stalled && !blocked) return null
  const open = isOpen(request)
  return (
    <>
      {critical && (open || critical.review === null) && (
        <span className={styles.chip} data-strong={open || undefined}>
          <Siren aria-hidden="true" /> {text.critical.short}
        </span>
      )}
      {open && callback && (
        <span className={styles.chip} data-strong={callback.at <= now || undefined}>
          <PhoneForwarded aria-hidden="true" /> {callback.at <= now ? text.callback.chipLate(moment(callback.at, now)) : text.callback.chip(moment(callback.at, now))}
        </span>
      )}
      {open && blocked && (
        <span className={styles.chip}>
          <Workflow aria-hidden="true" /> {text.block.short}
        </span>
      )}
      {open && stalled && !callback && (
        <span className={styles.chip} data-gives title={text.stalled[stalled.why]}>
          <Hourglass aria-hidden="true" /> <span>{text.stalled[stalled.why]}</span>
        </span>
      )}
    </>
  )
}
