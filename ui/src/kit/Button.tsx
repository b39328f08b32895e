/** Buttons. An icon alone always carries a label, which is also its tooltip: nobody guesses pictures on the phone. */

import type { ReactNode, Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaProps } from 'react-aria-components'
import { Tooltip } from './Tooltip'
import { Kbd } from './Kbd'
import styles from './Button.module.css'

type Tone = 'plain' | 'primary' | 'quiet' | 'live' | 'danger'

export interface ButtonProps extends Omit<AriaProps, 'children' | 'className' | 'style'> {
  children: ReactNode
  icon?: ReactNode
  tone?: Tone
  small?: boolean
  /** The key that does the same, shown on the button. */
  keys?: string
  ref?: Ref<HTMLButtonElement>
}

export function Button({ children, icon, tone = 'plain', small, keys, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={styles.button ?? ''} data-tone={tone} data-small={small || undefined}>
      {icon}
      <span className={styles.words}>{children}</span>
      {keys && <Kbd keys={keys} />}
    </AriaButton>
  )
}

export interface IconButtonProps extends Omit<AriaProps, 'children' | 'className' | 'style' | 'aria-label'> {
  label: string
  children: ReactNode
  tone?: Tone
  small?: boolean
  keys?: string
  /** Pressed or not, for buttons that switch something. */
  on?: boolean
  /** It looks as if it were off, because it can't be done here; pressing it says why. The label says so too. */
  cannot?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function IconButton({ label, children, tone = 'quiet', small, keys, on, cannot, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <AriaButton
        {...rest}
        aria-label={label}
        aria-pressed={on}
        className={`${styles.button} ${styles.icon}`}
        data-tone={tone}
        data-small={small || undefined}
        data-on={on || undefined}
        data-cannot={cannot || undefined}
      >
        {children}
      </AriaButton>
    </Tooltip>
  )
}
