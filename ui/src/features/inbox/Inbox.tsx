/** The list in the middle: requests under their headings, moved through with J and K. Rows are links, so a new tab works. */

import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { CheckCircle2, PenLine } from 'lucide-react'
import { go } from '../../app/router'
import { useKeys } from '../../app/keys'
import { Button, EmptyState, Skeleton } from '../../kit'
import { useHost, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { RequestId } from '../../protocol/wire'
import { text } from '../../text'
import { openAsk } from '../ask/open'
import { MyGaps } from '../rota/Gaps'
import { MyUnwatched } from '../rota/Unwatched'
import { MyStill } from '../still/StillScreen'
import type { Line, View } from './groups'
import { InboxOrder } from './order'
import { Row, UnsentRow } from './Row'
import styles from './Inbox.module.css'

const HEADING = 34
const ROW = 60

export function Inbox({ view, chosen }: { view: View; chosen: RequestId | undefined }) {
  const { replica } = useWorld()
  const loaded = useReplica((replica) => replica.loaded)
  const order = useMemo(() => new InboxOrder(replica, view), [replica, view])
  useEffect(() => order.follow(), [order])
  const lines = useSyncExternalStore(replica.subscribe, order.lines)
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    // The same functions until the lines change: with new ones every scroll would measure every line again.
    estimateSize: useCallback((index: number) => (lines[index] && 'heading' in lines[index] ? HEADING : ROW), [lines]),
    getItemKey: useCallback((index: number) => keyOf(lines[index]), [lines]),
    overscan: 8,
    initialRect: { width: 360, height: 900 },
  })

  // Lines change many times a second on a busy floor; all ids are needed only when a key is pressed.
  const first = lines.find((line) => 'id' in line)?.id
  const move = (by: 1 | -1) => {
    const ids = lines.flatMap((line) => ('id' in line ? [line.id] : []))
    const at = chosen ? ids.indexOf(chosen) : -1
    const next = ids[at === -1 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by))]
    if (next) choose(next, view)
  }
  useKeys(text.keys.list, [
    { keys: 'J', name: text.keys.next, act: () => move(1) },
    { keys: 'K', name: text.keys.previous, act: () => move(-1) },
    { keys: 'Enter', name: text.keys.enter, act: () => enter(chosen ?? first, view) },
    { keys: 'Esc', name: text.keys.back, act: () => leave(chosen) },
  ])

  // How long a start takes is measured up to here: the second frame comes when the first one has been painted.
  useEffect(() => {
    if (loaded) requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('inbox')))
  }, [loaded])

  // The chosen row is brought into sight, and gets the focus when the focus was in the list.
  useEffect(() => {
    const index = lines.findIndex((line) => 'id' in line && line.id === chosen)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
    const row = document.getElementById(`row-${chosen}`)
    if (row && (scroller.current?.contains(document.activeElement) || document.activeElement === document.body)) row.focus({ preventScroll: true })
    // Only a change of the choice moves the list; new rows must not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [chosen])

  return (
    <section className={styles.inbox} aria-label={text.inbox.list}>
      <header className={styles.header}>
        <h1>{view === 'open' ? text.inbox.title : text.inbox.solvedTitle}</h1>
        <Button small icon={<PenLine />} keys="A" onPress={() => openAsk()}>
          {text.inbox.new}
        </Button>
      </header>
      {view === 'open' && (
        <div className={styles.notes}>
          <MyUnwatched />
          <MyGaps />
          <MyStill />
        </div>
      )}
      <div className={styles.scroller} ref={scroller} data-list>
        {!loaded ? (
          <Skeleton label={text.common.loading} rows={8} />
        ) : (
          <>
            {view === 'open' && <Unsent />}
            {lines.length === 0 ? (
              <Empty view={view} />
            ) : (
              <ul className={styles.list} style={{ height: virtual.getTotalSize() }}>
                {virtual.getVirtualItems().map((item) => {
                  const line = lines[item.index]
                  if (!line) return null
                  return (
                    <li key={item.key} className={styles.line} style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
                      {'heading' in line ? (
                        <h2 className={styles.heading} data-live={line.heading === 'live' || undefined}>
                          {text.inbox[line.heading]} <span className={styles.count}>{line.count}</span>
                        </h2>
                      ) : (
                        <Row id={line.id} view={view} chosen={line.id === chosen} reachable={line.id === (chosen ?? first)} />
                      )}
                    </li>
                  )
                })}
              </ul>
            )}
          </>
        )}
      </div>
    </section>
  )
}

/** Questions that are kept here and not with the server yet. */
function Unsent() {
  const outbox = useReadable(useHost().outbox)
  const known = useReplica((replica) => replica.requests)
  const asks = outbox.filter((one) => one.command.kind === 'ask' && !known.has(one.command.args.request))
  if (asks.length === 0) return null
  return (
    <div className={styles.unsent}>
      {asks.map((one) => (
        <UnsentRow key={one.commandId} waiting={one} />
      ))}
    </div>
  )
}

function Empty({ view }: { view: View }) {
  return view === 'open' ? (
    <EmptyState icon={<CheckCircle2 />} title={text.inbox.empty} action={<Button icon={<PenLine />} onPress={() => openAsk()}>{text.rail.ask}</Button>}>
      {text.inbox.emptyHint}
    </EmptyState>
  ) : (
    <EmptyState icon={<CheckCircle2 />} title={text.inbox.emptySolved}>
      {text.inbox.emptySolvedHint}
    </EmptyState>
  )
}

export function pathTo(id: RequestId, view: View): string {
  return view === 'solved' ? `/solved/${id}` : `/r/${id}`
}

function choose(id: RequestId, view: View): void {
  go(pathTo(id, view), location.pathname.length > 8 ? 'replace' : 'push')
}

function enter(id: RequestId | undefined, view: View): void {
  if (!id) return
  choose(id, view)
  requestAnimationFrame(() => document.getElementById('composer')?.focus())
}

function leave(chosen: RequestId | undefined): void {
  const row = document.getElementById(`row-${chosen}`)
  if (row && !row.contains(document.activeElement)) row.focus()
  else if (chosen) go('/')
}

function keyOf(line: Line | undefined): string {
  if (!line) return ''
  return 'id' in line ? line.id : line.heading
}
