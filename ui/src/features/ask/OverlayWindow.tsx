/** The overlay: the question panel, the two-second receipt, or the card of an answer, in a window without a frame. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { CircleCheck, LoaderCircle } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Avatar, Button, Skeleton } from '../../kit'
import type { Shown } from '../../host/host'
import type { MessageId, RequestId } from '../../protocol/wire'
import { useCommands, useHost, useNow, usePerson, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { firstName, text } from '../../text'
import { Words } from '../request/Words'
import { AskPanel, NotDelivered } from './AskPanel'
import { Standing, usePlace } from './Standing'
import styles from './OverlayWindow.module.css'

const RECEIPT = 2000
/** A customer waits and nobody is on duty: whom to call must not be gone before it is read. Otherwise the keyboard goes back at once. */
const RECEIPT_WITH_NOBODY = 20_000

type Face = { kind: 'hidden' } | (Shown & { shown: number }) | { kind: 'receipt'; request: RequestId } | { kind: 'solved' }

export function OverlayWindow() {
  const host = useHost()
  const loaded = useReplica((replica) => replica.loaded)
  const [face, setFace] = useState<Face>({ kind: 'hidden' })
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => host.desktop?.overlay.onShow((shown) => setFace({ ...shown, shown: performance.now() })), [host])
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => host.desktop?.overlay.resize(Math.ceil(element.getBoundingClientRect().height)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [host])
  const hide = useCallback(() => {
    setFace({ kind: 'hidden' })
    host.desktop?.overlay.hide()
  }, [host])

  return (
    <div className={styles.window} ref={box}>
      {!loaded ? <Skeleton label={text.common.loading} rows={2} /> : (
        <>
          {face.kind === 'ask' && (
            <AskPanel
              key={face.shown}
              guess={face.guess}
              words={face.text}
              urgency={face.urgency}
              desk={face.desk}
              onHide={hide}
              onDone={(request) => setFace(request ? { kind: 'receipt', request } : { kind: 'solved' })}
            />
          )}
          {face.kind === 'receipt' && <Receipt request={face.request} onOver={hide} />}
          {face.kind === 'solved' && <Line onOver={hide}>{text.ask.solvedIt}</Line>}
          {face.kind === 'answer' && <AnswerCard id={face.message} onOver={hide} />}
        </>
      )}
    </div>
  )
}

function Line({ children, lasts = RECEIPT, onOver }: { children: React.ReactNode; lasts?: number; onOver: () => void }) {
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
function Receipt({ request, onOver }: { request: RequestId; onOver: () => void }) {
  const host = useHost()
  const [since] = useState(() => Date.now() + host.skew.get())
  const now = useNow(500)
  const row = useReplica(useCallback((replica: Replica) => replica.requests.get(request), [request]))
  const desk = useReplica(useCallback((replica: Replica) => row && replica.desks.get(row.desk)?.name, [row]))
  const place = usePlace(row)
  const waiting = useReadable(host.outbox).find((one) => one.command.kind === 'ask' && one.command.args.request === request)
  if (row) {
    return (
      <Line onOver={onOver} lasts={row.urgency === 'live' && place?.wait.kind === 'nobody' ? RECEIPT_WITH_NOBODY : RECEIPT}>
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
  const late = now - since > 5000
  return (
    <div className={styles.receipt} role="status" onKeyDown={(event) => event.key === 'Escape' && onOver()}>
      {!late && <LoaderCircle className={styles.spin} aria-hidden="true" />}
      {waiting ? text.sending[waiting.state] : text.sending.keeping}
      {late && waiting?.command.kind === 'ask' && <NotDelivered words={waiting.command.args.text} desk={waiting.command.args.desk} />}
    </div>
  )
}

function AnswerCard({ id, onOver }: { id: MessageId; onOver: () => void }) {
  const { host } = useWorld()
  const commands = useCommands()
  const message = useReplica(useCallback((replica: Replica) => replica.messages.get(id), [id]))
  const author = usePerson(message?.author)
  if (!message) return null
  return (
    <section
      className={styles.answer}
      aria-label={text.ask.answered(firstName(author?.name ?? ''))}
      onKeyDown={(event) => event.key === 'Escape' && onOver()}
    >
      <Avatar name={author?.name ?? '?'} size="l" />
      <div className={styles.answerBody}>
        <strong>{text.ask.answered(firstName(author?.name ?? ''))}</strong>
        <p>
          <Words text={message.text} />
        </p>
        <div className={styles.answerActions}>
          <Button small tone="primary" onPress={() => (attempt(commands.solve({ request: message.request })), onOver())}>
            {text.request.solved}
          </Button>
          <Button small onPress={() => (host.desktop?.showMain(`/r/${message.request}`), onOver())}>
            {text.ask.reply}
          </Button>
        </div>
      </div>
    </section>
  )
}
