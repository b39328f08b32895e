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

/** How much of the usual time has passed. Always beside words that say the same. */
export function Hourglass({ part }: { part: number }) {
  const filled = Math.min(1, Math.max(0, part))
  return (
    <svg className={styles.hourglass} viewBox="0 0 16 16" aria-hidden="true">
      <clipPath id={`top-${Math.round(filled * 20)}`}>
        <rect x="0" y={2 + filled * 6} width="16" height={6 - filled * 6 + 0.01} />
      </clipPath>
      <clipPath id={`low-${Math.round(filled * 20)}`}>
        <rect x="0" y={14 - filled * 5.5} width="16" height={filled * 5.5 + 0.01} />
      </clipPath>
      <path d="M4.5 2.5h7L8 8z" clipPath={`url(#top-${Math.round(filled * 20)})`} fill="currentColor" />
      <path d="M4.5 13.5h7L8 8z" clipPath={`url(#low-${Math.round(filled * 20)})`} fill="currentColor" />
      <path d="M3.5 1.75h9M3.5 14.25h9M4.5 1.75c0 4 3.5 4.5 3.5 6.25S4.5 10.25 4.5 14.25M11.5 1.75c0 4-3.5 4.5-3.5 6.25s3.5 2.25 3.5 6.25" fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinecap="round" />
    </svg>
  )
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
