/**
 * What the overlay says once a question is on its way. The keyboard is back where it was by then, so nothing here waits
 * for a key: it goes by itself, or with the mouse.
 */

import { useCallback, useEffect, useState } from 'react'
import { CircleCheck, LoaderCircle, X } from 'lucide-react'
import { IconButton } from '../../kit'
import type { RequestId } from '../../protocol/wire'
import { useHost, useNow, useReadable, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { isNobodyThere } from '../../text/place'
import { LATE, NotDelivered } from '../care/NotDelivered'
import { Standing, usePlace } from './Standing'
import styles from './OverlayWindow.module.css'

const SHOWN = 2000
/** A customer waits and nobody is on duty: whom to call must not be gone before it is read. */
const SHOWN_WITH_NOBODY = 20_000

export function Line({ children, lasts = SHOWN, onOver }: { children: React.ReactNode; lasts?: number; onOver: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onOver, lasts)
    return () => clearTimeout(timer)
  }, [onOver, lasts])
  return (
    <div className={styles.receipt} role="status" onKeyDown={(event) => event.key === 'Escape' && onOver()}>
      <CircleCheck aria-hidden="true" /> {children}
    </div>
  )
}

/** "Sent" only when the server has it; what was kept is said as kept, with another way to be heard. */
export function Receipt({ request, onOver }: { request: RequestId; onOver: () => void }) {
  const host = useHost()
  const [since] = useState(() => Date.now() + host.skew.get())
  const now = useNow(500)
  const row = useReplica(useCallback((replica: Replica) => replica.requests.get(request), [request]))
  const desk = useReplica(useCallback((replica: Replica) => row && replica.desks.get(row.desk)?.name, [row]))
  const place = usePlace(row)
  const waiting = useReadable(host.outbox).find((one) => one.command.kind === 'ask' && one.command.args.request === request)
  if (row) {
    return (
      <Line onOver={onOver} lasts={row.urgency === 'live' && place && isNobodyThere(place) ? SHOWN_WITH_NOBODY : SHOWN}>
        <span>
          {text.ask.receipt(desk ?? '')}
          {place && (
            <span className={styles.place}>
              <Standing request={row} place={place} />
            </span>
          )}
        </span>
      </Line>
    )
  }
  const late = now - since > LATE
  return (
    <div className={styles.receipt} role="status" onKeyDown={(event) => event.key === 'Escape' && onOver()}>
      {!late && <LoaderCircle className={styles.spin} aria-hidden="true" />}
      {waiting ? text.sending[waiting.state] : text.sending.keeping}
      {late && waiting?.command.kind === 'ask' && <NotDelivered words={waiting.command.args.text} about={{ desk: waiting.command.args.desk, privateWith: waiting.command.args.private_with }} />}
      <span className={styles.away}>
        <IconButton label={text.common.close} small onPress={onOver}>
          <X />
        </IconButton>
      </span>
    </div>
  )
}
