/** Where something that was said or changed stands, beside the control that did it: sending, saved here, saved, or refused and why. */

import { useState } from 'react'
import { Check, CircleAlert, CloudOff } from 'lucide-react'
import { Refused } from '../host/host'
import { Note } from '../kit'
import type { Problem } from '../protocol/wire'
import { useHost, useReadable } from '../replica/hooks'
import { explain, text } from '../text'
import styles from './saving.module.css'

export type Saving = { kind: 'still' } | { kind: 'sending' } | { kind: 'saved' } | { kind: 'refused'; problem: Pick<Problem, 'code' | 'detail' | 'trace'> }

/** Follows a command until the server has decided, so that "saved" is said when it is true. */
export function useSaving(): { saving: Saving; save: (sent: Promise<unknown>, done?: () => void) => void; calm: () => void } {
  const [saving, setSaving] = useState<Saving>({ kind: 'still' })
  const save = (sent: Promise<unknown>, done?: () => void) => {
    setSaving({ kind: 'sending' })
    sent.then(
      () => {
        setSaving({ kind: 'saved' })
        done?.()
      },
      (error: unknown) => setSaving({ kind: 'refused', problem: error instanceof Refused ? error.problem : { code: 'fault' } }),
    )
  }
  return { saving, save, calm: () => setSaving({ kind: 'still' }) }
}

/** Where a change stands, beside the control that made it. */
export function SavingNote({ saving }: { saving: Saving }) {
  const connection = useReadable(useHost().connection)
  if (saving.kind === 'refused') {
    return (
      <Note tone="danger" role="alert" icon={<CircleAlert />}>
        {explain(saving.problem)}
      </Note>
    )
  }
  return (
    <output className={styles.saving}>
      {saving.kind === 'saved' && (
        <>
          <Check aria-hidden="true" /> {text.common.saved}
        </>
      )}
      {saving.kind === 'sending' &&
        (connection.kind === 'offline' ? (
          <>
            <CloudOff aria-hidden="true" /> {text.sending.kept}
          </>
        ) : (
          text.sending.sending
        ))}
    </output>
  )
}

