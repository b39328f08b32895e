/** The small fixed things of every screen: faces, chips, hourglass, waiting and empty places. */

import { useEffect, useState, type ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { X } from 'lucide-react'
import styles from './small.module.css'

/** A face: initials on a calm ground that stays the same for a name. */
export function Avatar({ name, size = 'm', dim }: { name: string; size?: 's' | 'm' | 'l' | 'xl'; dim?: boolean }) {
  const initials = name
    .split(/\s+/)
    .map((part) => part[0] ?? '')
    .slice(0, 2)
    .join('')
  let hash = 0
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  return (
    <span className={styles.avatar} data-initials={initials.toUpperCase()} data-size={size} data-face={(hash % 6) + 1} data-dim={dim || undefined} aria-hidden="true" />
  )
}

/** A fact that can be taken away. */
export function Chip(props: { children: ReactNode; icon?: ReactNode; tone?: 'plain' | 'live' | 'guess' | 'accent'; onRemove?: () => void; removeLabel?: string }) {
  return (
    <span className={styles.chip} data-tone={props.tone ?? 'plain'}>
      {props.icon}
      <span>{props.children}</span>
      {props.onRemove && (
        <AriaButton className={styles.remove ?? ''} aria-label={props.removeLabel ?? ''} onPress={props.onRemove}>
          <X />
        </AriaButton>
      )}
    </span>
  )
}

/** How much of the usual time has passed. Always beside words that say the same. Every row of a list has one: two paths, no clipping. */
export function Hourglass({ part }: { part: number }) {
  // In steps that nobody sees at this size, so that a list does not change with every second.
  const filled = Math.round(Math.min(1, Math.max(0, part)) * 20) / 20
  return (
    <svg className={styles.hourglass} viewBox="0 0 16 16" aria-hidden="true">
      <path d={sand(2 + filled * 6, 14 - filled * 5.5)} fill="currentColor" />
      <path d="M3.5 1.75h9M3.5 14.25h9M4.5 1.75c0 4 3.5 4.5 3.5 6.25S4.5 10.25 4.5 14.25M11.5 1.75c0 4-3.5 4.5-3.5 6.25s3.5 2.25 3.5 6.25" fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinecap="round" />
    </svg>
  )
}

/** The sand between the neck, which is at 8, and the two heights to which it lies. */
function sand(top: number, low: number): string {
  const half = (y: number) => (Math.abs(y - 8) * 3.5) / 5.5
  const part = (y: number, end: number) => `M${8 - half(y)} ${y}H${8 + half(y)}L${8 + half(end)} ${end}H${8 - half(end)}Z`
  return (top < 8 ? part(Math.max(top, 2.5), 8) : '') + (low < 13.5 ? part(low, 13.5) : '')
}

/** Grey lines where words will be; only after 150 ms, so that what is quick does not flicker. */
export function Skeleton({ rows = 6, label }: { rows?: number; label: string }) {
  const late = useLate()
  if (!late) return <div aria-busy="true" aria-label={label} role="status" />
  return (
    <div className={styles.skeleton} aria-busy="true" aria-label={label} role="status">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.bones}>
          <span className={styles.bone} data-round />
          <span className={styles.bone} style={{ width: `${70 - ((row * 17) % 35)}%` }} />
        </div>
      ))}
    </div>
  )
}

/** True once 150 ms have passed. */
export function useLate(milliseconds = 150): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return late
}

/** Nothing here, why, and what to do about it. */
export function EmptyState({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {icon && <span className={styles.emptyIcon}>{icon}</span>}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  )
}

/** A sentence in a strip: offline, an error with its next step, something to know. */
export function Note({ tone = 'plain', icon, children, action, role }: { tone?: 'plain' | 'live' | 'danger'; icon?: ReactNode; children: ReactNode; action?: ReactNode; role?: 'status' | 'alert' }) {
  return (
    <div className={styles.note} data-tone={tone} role={role}>
      {icon}
      <span className={styles.noteWords}>{children}</span>
      {action}
    </div>
  )
}
