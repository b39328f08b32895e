/**
 * One key that works in every program: which it is, whether another program has it, and how it is changed by pressing
 * another. While one presses, the app lets go of its keys, or the page would not hear them.
 */

import { useEffect, useRef, useState } from 'react'
import { Button, Kbd, Note } from '../../kit'
import type { Hotkey } from '../../host/host'
import { hotkeysText as words } from '../../text/hotkeys'
import { pressed } from './press'
import type { Hotkeys } from './useHotkeys'
import styles from './HotkeyField.module.css'

type Said = { tone: 'plain' | 'live'; words: string; proposal?: string | undefined }

export function HotkeyField({ hotkey, hotkeys }: { hotkey: Hotkey; hotkeys: Hotkeys }) {
  const { does, keys } = hotkey
  const [pressing, setPressing] = useState(false)
  const [said, setSaid] = useState<Said | undefined>()
  const change = useRef<HTMLButtonElement>(null)
  const comesBack = useRef(false)
  useEffect(() => {
    if (!pressing && comesBack.current) change.current?.focus()
    comesBack.current = false
  }, [pressing])

  const over = (comes: boolean) => {
    comesBack.current = comes
    setPressing(false)
  }
  const take = async (wanted: string | undefined) => {
    over(pressing)
    try {
      const { outcome, proposal } = await hotkeys.set(does, wanted)
      if (outcome === 'held') setSaid({ tone: 'plain', words: wanted ? words.held(wanted) : words.offNow })
      else if (outcome === 'taken') setSaid({ tone: 'live', words: words.taken(wanted ?? ''), proposal })
      else setSaid({ tone: 'live', words: outcome === 'ours' ? words.ours(wanted ?? '') : words.unfit })
    } catch {
      setSaid({ tone: 'live', words: words.failed })
    }
  }
  // What is so since the start, until something was tried.
  const shown: Said | undefined = said ?? (hotkey.taken && keys ? { tone: 'live', words: words.taken(keys), proposal: hotkey.proposal } : undefined)
  return (
    <div className={styles.field}>
      {pressing ? (
        <Catcher
          onKeys={(wanted) => void take(wanted)}
          onUnfit={(why) => setSaid({ tone: 'live', words: why })}
          onOver={over}
          onListening={(on) => {
            if (on) setSaid(undefined)
            hotkeys.rest(on)
          }}
        />
      ) : (
        <div className={styles.line}>
          {keys ? (
            <>
              <Kbd keys={keys} />
              <span className="unseen">{keys}</span>
            </>
          ) : (
            <span className={styles.off}>{words.off}</span>
          )}
          <span className={styles.acts}>
            <Button small ref={change} aria-label={words.of(words.change, words.name[does])} onPress={() => setPressing(true)}>
              {words.change}
            </Button>
            {keys ? (
              <Button small tone="quiet" aria-label={words.of(words.switchOff, words.name[does])} onPress={() => void take(undefined)}>
                {words.switchOff}
              </Button>
            ) : (
              <Button small tone="quiet" onPress={() => void take(hotkey.standard)}>
                {words.switchOn(hotkey.standard)}
              </Button>
            )}
          </span>
        </div>
      )}
      <div role="status">
        {shown && (
          <Note tone={shown.tone} action={shown.proposal && <Button small onPress={() => void take(shown.proposal)}>{words.use(shown.proposal)}</Button>}>
            {shown.words}
          </Note>
        )}
      </div>
    </div>
  )
}

/** Hears the next keys, whatever else they would do here. */
function Catcher(props: { onKeys: (keys: string) => void; onUnfit: (why: string) => void; onOver: (comesBack: boolean) => void; onListening: (on: boolean) => void }) {
  const { onKeys, onUnfit, onOver } = props
  const [begun, setBegun] = useState('')
  const box = useRef<HTMLButtonElement>(null)
  const listening = useRef(props.onListening)
  useEffect(() => {
    listening.current = props.onListening
  })
  useEffect(() => {
    const { current } = listening
    current(true)
    box.current?.focus()
    return () => current(false)
  }, [])
  return (
    <button
      ref={box}
      type="button"
      className={styles.catcher}
      aria-describedby="hotkey-press"
      onBlur={() => onOver(false)}
      onKeyUp={() => setBegun('')}
      onKeyDown={(event) => {
        event.preventDefault()
        event.stopPropagation()
        if (event.repeat) return
        const found = pressed(event.nativeEvent)
        if (event.key === 'Escape' && !event.ctrlKey && !event.altKey && !event.metaKey) onOver(true)
        else if (found.kind === 'begun') setBegun(found.keys)
        else if (found.kind === 'whole') onKeys(found.keys)
        else onUnfit(found.kind === 'common' ? words.common(found.keys) : words.unfit)
      }}
    >
      {begun ? <Kbd keys={begun} /> : <strong>{words.press}</strong>}
      <span id="hotkey-press" className={styles.hint}>
        {words.pressHint}
      </span>
    </button>
  )
}
