/** What was found in the picture, what of it is covered, and what can be done about the rest. */

import { ScanSearch, ShieldCheck, TriangleAlert } from 'lucide-react'
import { Button, Menu } from '../../kit'
import type { FindKind } from '../../masking'
import { text } from '../../text'
import { markText } from '../../text/mark'
import { useHost, useReadable } from '../../replica/hooks'
import { coverOf, readable, type Act, type Board } from './board'
import type { Looking } from './look'
import { isFixed } from './scene'
import styles from './Mark.module.css'

export function Findings(props: { board: Board; looking: Looking; act: (act: Act) => void; onCoverAll: () => void; onClose: () => void }) {
  const { board, looking, act, onCoverAll, onClose } = props
  const findNumbers = useReadable(useHost().capabilities).findNumbers
  const scene = board.history.now
  const open = readable(board)
  const covered = board.found.filter((one) => coverOf(scene, one))
  if (looking === 'none' || looking === 'failed') {
    const why = looking === 'failed' ? markText.found.failed : findNumbers.can || findNumbers.because !== 'browser' ? markText.found.notInstalled : markText.found.browser
    return (
      <div className={styles.findings} data-open role="status">
        <TriangleAlert aria-hidden="true" />
        <span>{why}</span>
      </div>
    )
  }
  const words = [
    covered.length > 0 && markText.found.areCovered(kindsOf(covered)),
    open.length > 0 && markText.found.areReadable(kindsOf(open)),
    looking === 'looking' ? markText.found.looking : board.found.length === 0 && markText.found.nothing,
  ]
  return (
    <div className={styles.findings} data-open={open.length > 0 || undefined} role="status" aria-live="off">
      {looking === 'looking' ? <ScanSearch aria-hidden="true" /> : <ShieldCheck aria-hidden="true" />}
      <span>{words.filter(Boolean).join(' ')}</span>
      {board.found.length > 0 && (
        <Menu
          label={markText.found.each}
          actions={board.found.map((one, at) => {
            const cover = coverOf(scene, one)
            const name = text.masks.kind[one.kind]
            const stays = cover !== undefined && isFixed(cover)
            return {
              id: String(at),
              name: cover ? markText.found.uncover(name) : markText.found.cover(name),
              ...(stays && { hint: markText.found.stays }),
              disabled: stays,
              act: () => {
                act(cover ? { act: 'uncover', id: cover.id } : { act: 'cover', found: [one] })
                onClose()
              },
            }
          })}
        >
          <Button tone="quiet" small>
            {markText.found.each}
          </Button>
        </Menu>
      )}
      {open.length > 0 && (
        <Button small keys="M" onPress={onCoverAll}>
          {markText.found.coverAll}
        </Button>
      )}
    </div>
  )
}

function kindsOf(found: readonly { kind: FindKind }[]): FindKind[] {
  return found.map(({ kind }) => kind)
}
