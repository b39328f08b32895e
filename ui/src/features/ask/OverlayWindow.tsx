/**
 * The overlay, a window without a frame: the question, then its receipt, and below them the cards of what came for
 * whoever sits here. Only the question has the keyboard: it goes back as soon as the question is asked or put away, and
 * what comes while one types waits until then.
 */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Skeleton } from '../../kit'
import type { Guess, Shown } from '../../host/host'
import type { RequestId } from '../../protocol/wire'
import { useHost, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { AnswerCard } from './AnswerCard'
import { AskPanel } from './AskPanel'
import { ClipCard } from './ClipCard'
import { Line, Receipt } from './Receipt'
import styles from './OverlayWindow.module.css'

type Face =
  | { kind: 'nothing' }
  | (Extract<Shown, { kind: 'ask' }> & { shown: number })
  | { kind: 'receipt'; request: RequestId }
  | { kind: 'solved' }

/** What came for whoever sits here. */
type Card = Extract<Shown, { kind: 'answer' | 'clip' }>
const keyOf = (card: Card) => (card.kind === 'answer' ? card.message : card.request)

export function OverlayWindow() {
  const host = useHost()
  const loaded = useReplica((replica) => replica.loaded)
  const [face, setFace] = useState<Face>({ kind: 'nothing' })
  const [cards, setCards] = useState<Card[]>([])
  const [guess, setGuess] = useState<Guess | undefined>()
  const box = useRef<HTMLDivElement>(null)

  useEffect(
    () =>
      host.desktop?.overlay.onShow((shown) => {
        if (shown.kind === 'answer' || shown.kind === 'clip') setCards((before) => [...before.filter((one) => keyOf(one) !== keyOf(shown)), shown])
        else if (shown.kind === 'nothing') setFace({ kind: 'nothing' })
        else {
          setGuess(undefined)
          setFace({ ...shown, shown: performance.now() })
        }
      }),
    [host],
  )
  useEffect(() => host.desktop?.overlay.onGuess(setGuess), [host])
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => host.desktop?.overlay.resize(Math.ceil(element.getBoundingClientRect().height)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [host])

  // What was shown a moment ago decides what is given back: the keyboard after the question, the window after the last of all.
  const asking = face.kind === 'ask'
  const empty = face.kind === 'nothing' && cards.length === 0
  const before = useRef({ asking, empty })
  useEffect(() => {
    if (empty && !before.current.empty) host.desktop?.overlay.hide()
    else if (!asking && before.current.asking) host.desktop?.overlay.letGo()
    before.current = { asking, empty }
  }, [host, asking, empty])

  const putAway = useCallback((card: Card) => setCards((before) => before.filter((one) => keyOf(one) !== keyOf(card))), [])
  const away = useCallback(() => setFace({ kind: 'nothing' }), [])
  return (
    <div className={styles.window} ref={box}>
      {!loaded ? <Skeleton label={text.common.loading} rows={2} /> : (
        <>
          {face.kind === 'ask' && (
            <AskPanel
              key={face.shown}
              guess={guess}
              words={face.text}
              urgency={face.urgency}
              desk={face.desk}
              onHide={away}
              onDone={(request) => setFace(request ? { kind: 'receipt', request } : { kind: 'solved' })}
            />
          )}
          {face.kind === 'receipt' && <Receipt request={face.request} onOver={away} />}
          {face.kind === 'solved' && <Line onOver={away}>{text.ask.solvedIt}</Line>}
          {!asking && cards.map((card) => <Came key={keyOf(card)} card={card} onOver={putAway} />)}
        </>
      )}
    </div>
  )
}

function Came({ card, onOver }: { card: Card; onOver: (card: Card) => void }) {
  const over = useCallback(() => onOver(card), [onOver, card])
  return card.kind === 'answer' ? <AnswerCard id={card.message} onOver={over} /> : <ClipCard id={card.request} by={card.by} onOver={over} />
}
