/**
 * The small picture of a moment over the time bar: under the pointer, or where the keys have gone. A clip without such
 * pictures shows the time alone.
 */

import { useState } from 'react'
import type { Clip, ClipSprite } from '../../protocol/wire'
import { useHost } from '../../replica/hooks'
import { clock } from '../../text'
import styles from './Peek.module.css'

/** Where in the one picture the small one of a moment stands. */
export function tileAt({ every_ms, tiles, columns }: ClipSprite, seconds: number): { column: number; row: number; rows: number } {
  const tile = Math.max(0, Math.min(tiles - 1, Math.floor((seconds * 1000) / every_ms)))
  return { column: tile % columns, row: Math.floor(tile / columns), rows: Math.ceil(tiles / columns) }
}

export function Peek({ clip, at, length }: { clip: Clip; at: number; length: number }) {
  const host = useHost()
  // A picture that does not come (it was cut just now) is no picture.
  const [failed, setFailed] = useState(false)
  const { sprite } = clip
  const where = length > 0 ? Math.max(0, Math.min(1, at / length)) : 0
  const tile = sprite && !failed ? tileAt(sprite, at) : undefined
  const address = `${host.media.sprite(clip.id)}${clip.version > 1 ? `?version=${clip.version}` : ''}`
  return (
    // What it shows stands in words on the slider.
    <div className={styles.peek} style={{ left: `clamp(5rem, ${where * 100}%, calc(100% - 5rem))` }} aria-hidden="true">
      {sprite && tile && (
        <span className={styles.frame} style={{ aspectRatio: `${clip.width} / ${clip.height}` }}>
          <img
            className={styles.all}
            src={address}
            alt=""
            style={{
              width: `${sprite.columns * 100}%`,
              height: `${tile.rows * 100}%`,
              transform: `translate(${(-tile.column / sprite.columns) * 100}%, ${(-tile.row / tile.rows) * 100}%)`,
            }}
            onError={() => setFailed(true)}
          />
        </span>
      )}
      <span className={styles.time}>{clock(at * 1000)}</span>
    </div>
  )
}
