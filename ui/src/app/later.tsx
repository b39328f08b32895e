/**
 * Parts of the bundle that come when they are first shown, so that whoever asks in the overlay does not load the settings.
 * `fetchRest` gets them while there is nothing else to do: a part that was never opened is there without a network, too.
 */

import { useEffect, useState, type ComponentType, type ReactNode } from 'react'
import { Button, EmptyState } from '../kit'
import { text } from '../text'
import styles from './later.module.css'

export type Later<P> = ((props: P) => ReactNode) & { fetch: () => Promise<void> }

type State = 'coming' | 'there' | 'failed'

const parts: (() => Promise<void>)[] = []

/** `coming`: what stands there until the part has come. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, coming: ReactNode = null): Later<P> {
  let Part: ComponentType<P> | undefined
  const fetch = async () => {
    Part ??= await load()
  }
  parts.push(fetch)
  function Coming(props: P) {
    const [state, setState] = useState<State>('coming')
    useEffect(() => {
      if (Part || state !== 'coming') return
      let isWaiting = true
      const becomes = (next: State) => () => {
        if (isWaiting) setState(next)
      }
      fetch().then(becomes('there'), becomes('failed'))
      return () => {
        isWaiting = false
      }
    }, [state])
    if (Part) return <Part {...props} />
    if (state !== 'failed') return <div className={styles.coming} data-coming>{coming}</div>
    return (
      <main>
        <EmptyState title={text.later.title} action={<Button onPress={() => setState('coming')}>{text.later.again}</Button>}>{text.later.hint}</EmptyState>
      </main>
    )
  }
  return Object.assign(Coming, { fetch })
}

/** One after the other; what fails is tried again when it is shown. */
export async function fetchRest(): Promise<void> {
  for (const fetch of parts) await fetch().catch(() => undefined)
}
