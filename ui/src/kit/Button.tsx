/** Buttons. An icon alone always carries a label, which is also its tooltip: nobody guesses pictures on the phone. */

import { useEffect, useRef, useState, type ReactNode, type Ref } from 'react'
import { LoaderCircle } from 'lucide-react'
import { Button as AriaButton, ProgressBar, type ButtonProps as AriaProps, type PressEvent } from 'react-aria-components'
import { text } from '../text'
import { Tooltip } from './Tooltip'
import { Kbd } from './Kbd'
import styles from './Button.module.css'

type Tone = 'plain' | 'primary' | 'quiet' | 'live' | 'danger'

interface Pressed {
  /** While a promise that it answers with is on its way the button is busy, and pressing it again does nothing. */
  onPress?: ((event: PressEvent) => unknown) | undefined
}

export interface ButtonProps extends Omit<AriaProps, 'children' | 'className' | 'style' | 'onPress'>, Pressed {
  children: ReactNode
  icon?: ReactNode
  tone?: Tone
  small?: boolean
  /** The key that does the same, shown on the button. */
  keys?: string
  ref?: Ref<HTMLButtonElement>
}

export function Button({ children, icon, tone = 'plain', small, keys, onPress, isPending, ...rest }: ButtonProps) {
  const { isBusy, press } = useBusy(onPress, isPending)
  return (
    <AriaButton {...rest} onPress={press} isPending={isBusy} className={styles.button ?? ''} data-tone={tone} data-small={small || undefined}>
      {icon}
      <span className={styles.words}>{children}</span>
      {keys && <Kbd keys={keys} />}
      {isBusy && <Busy />}
    </AriaButton>
  )
}

export interface IconButtonProps extends Omit<AriaProps, 'children' | 'className' | 'style' | 'aria-label' | 'onPress'>, Pressed {
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

export function IconButton({ label, children, tone = 'quiet', small, keys, on, cannot, onPress, isPending, ...rest }: IconButtonProps) {
  const { isBusy, press } = useBusy(onPress, isPending)
  return (
    <Tooltip label={label} keys={keys}>
      <AriaButton
        {...rest}
        onPress={press}
        isPending={isBusy}
        aria-label={label}
        aria-pressed={on}
        className={`${styles.button} ${styles.icon}`}
        data-tone={tone}
        data-small={small || undefined}
        data-on={on || undefined}
        data-cannot={cannot || undefined}
      >
        {children}
        {isBusy && <Busy />}
      </AriaButton>
    </Tooltip>
  )
}

/** What is done sooner than this is not worth a look that changes twice. */
const SHOWN_AFTER = 250

/** `isPending`: it is told from outside, and shown at once. */
function useBusy(onPress: Pressed['onPress'], isPending = false): { isBusy: boolean; press: (event: PressEvent) => void } {
  const [isDoing, setDoing] = useState(false)
  const [isLong, setLong] = useState(false)
  const doing = useRef<Promise<unknown>>(undefined)
  useEffect(() => {
    if (!isDoing) return
    const timer = setTimeout(() => setLong(true), SHOWN_AFTER)
    return () => {
      clearTimeout(timer)
      setLong(false)
    }
  }, [isDoing])
  const press = (event: PressEvent) => {
    if (doing.current) return
    const result = onPress?.(event)
    if (!(result instanceof Promise)) return
    const over = () => {
      doing.current = undefined
      setDoing(false)
    }
    doing.current = result
    setDoing(true)
    result.then(over, over)
  }
  return { isBusy: isPending || (isDoing && isLong), press }
}

/** Where the words were; who does not see it hears it with the name of the button. */
function Busy() {
  return (
    <ProgressBar isIndeterminate aria-label={text.sending.sending} className={styles.busy ?? ''}>
      <LoaderCircle aria-hidden="true" />
    </ProgressBar>
  )
}
