/** The keys of what is on the screen right now, read from the same list that listens to them. */

import { groups } from '../../app/keys'
import { Dialog, Kbd } from '../../kit'
import { store } from '../../host/store'
import { useReadable } from '../../replica/hooks'
import { text } from '../../text'
import styles from './KeysSheet.module.css'

const open = store(false)

export function openKeys(): void {
  open.set(true)
}

const CLIP_KEYS: [string, string][] = [
  ['K', text.keys.playPause],
  ['J', text.keys.reverse],
  ['L', text.keys.forward],
  [',', text.keys.frameBack],
  ['.', text.keys.frameOn],
  ['C', text.keys.comment],
]

export function KeysSheet() {
  const shown = useReadable(open)
  const all = useReadable(groups)
  return (
    <Dialog open={shown} onClose={() => open.set(false)} title={text.keys.title} width="wide">
      <div className={styles.sheet}>
        {all.toReversed().map((group) => (
          <section key={group.name}>
            <h3>{group.name}</h3>
            <dl>
              {group.keys.map((key) => (
                <div key={key.keys} className={styles.line}>
                  <dt>{key.name}</dt>
                  <dd>
                    <span className="unseen">{key.keys}</span>
                    <Kbd keys={key.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{text.keys.clip}</h3>
          <dl>
            {CLIP_KEYS.map(([keys, name]) => (
              <div key={keys} className={styles.line}>
                <dt>{name}</dt>
                <dd>
                  <span className="unseen">{keys}</span>
                  <Kbd keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}
