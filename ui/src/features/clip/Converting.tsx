/** A clip that does not play on this computer yet: that it needs converting, how long that takes, what else can be done. */

import { Download, RotateCcw } from 'lucide-react'
import { useCallback } from 'react'
import { ProgressBar } from 'react-aria-components'
import { Button } from '../../kit'
import type { Clip } from '../../protocol/wire'
import { useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { about, text } from '../../text'
import styles from './Converting.module.css'

const words = text.clip.convert

export function Converting({ clip, onAsk, onSave }: { clip: Clip; onAsk: () => void; onSave: () => void }) {
  const known = useReplica(useCallback((replica: Replica) => replica.conversions.get(clip.id), [clip.id]))
  switch (clip.conversion) {
    case 'done': return null
    case 'unasked': return <p className={styles.panel}>{words.needed}</p>
    case 'failed':
      return (
        <div className={styles.panel}>
          <p role="alert">
            {words.failed} {words.failedHint}
          </p>
          <div className={styles.next}>
            <Button small icon={<Download />} onPress={onSave}>{text.clip.save}</Button>
            <Button small icon={<RotateCcw />} onPress={onAsk}>{words.again}</Button>
          </div>
        </div>
      )
    case 'asked': {
      const said = !known ? words.asked : known.ahead > 0 ? words.waits(known.ahead, about(known.seconds)) : words.takes(about(known.seconds))
      return (
        <div className={styles.panel}>
          {/* Said when the words change, not with every second. */}
          <p role="status">{said}</p>
          <ProgressBar aria-label={words.progress} value={(known?.permille ?? 0) / 10} className={styles.bar ?? ''}>
            {({ percentage }) => <span className={styles.done} style={{ width: `${percentage ?? 0}%` }} />}
          </ProgressBar>
        </div>
      )
    }
  }
}
