/** The keys that work in every program, as the app has them now; read anew after every change, because one key's change frees another. */

import { useCallback, useEffect, useRef, useState } from 'react'
import type { Hotkey, HotkeyDoes, HotkeyOutcome } from '../../host/host'
import { useHost } from '../../replica/hooks'

export interface Hotkeys {
  list: readonly Hotkey[]
  /** Whether they were ever read; a failure can be tried again. */
  state: 'waiting' | 'there' | 'failed'
  again(): void
  set(does: HotkeyDoes, keys: string | undefined): Promise<{ outcome: HotkeyOutcome; proposal: string | undefined }>
  /** The app lets go of them, or holds them again. */
  rest(on: boolean): void
}

export function useHotkeys(): Hotkeys {
  const { desktop } = useHost()
  const [list, setList] = useState<readonly Hotkey[]>([])
  const [state, setState] = useState<Hotkeys['state']>('waiting')
  const turn = useRef<Promise<unknown>>(Promise.resolve())
  /**
   * One after the other: keys that are held again before others were chosen would be the old ones, and to look for free
   * keys is to hold them for a moment.
   */
  const next = useCallback(<T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.current.then(work)
    turn.current = done.catch(() => undefined)
    return done
  }, [])
  const look = useCallback(() => {
    if (!desktop) return
    next(() => desktop.setup.hotkeys()).then(
      (found) => {
        setList(found)
        setState('there')
      },
      () => setState((before) => (before === 'there' ? before : 'failed')),
    )
  }, [desktop, next])
  useEffect(look, [look])
  return {
    list,
    state,
    again: useCallback(() => {
      setState('waiting')
      look()
    }, [look]),
    set: useCallback(
      async (does, keys) => {
        if (!desktop) return { outcome: 'unfit', proposal: undefined }
        const done = await next(() => desktop.setup.setHotkey(does, keys))
        look()
        return done
      },
      [desktop, look, next],
    ),
    rest: useCallback(
      (on) => {
        if (!desktop) return
        void next(() => desktop.setup.restHotkeys(on))
        // While they rest none is held, which looks as if others had them.
        if (!on) look()
      },
      [desktop, look, next],
    ),
  }
}
