/**
 * The lines of the inbox that are in sight, and a few around them. What scrolls past fifty times a second has to be cheap:
 * only what changes is rendered anew, and a row that leaves one end lends its elements to the one that comes at the other.
 */

import { memo, useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { CheckCircle2, PenLine } from 'lucide-react'
import { Button, EmptyState } from '../../kit'
import type { RequestId } from '../../protocol/wire'
import { useWorld } from '../../replica/hooks'
import { text } from '../../text'
import { openAsk } from '../ask/open'
import type { GroupName, Line, View } from './groups'
import type { InboxOrder } from './order'
import { Row } from './Row'
import { Slots } from './slots'
import styles from './Inbox.module.css'

const HEADING = 34
const ROW = 60

export function Lines({ order, view, chosen, scroller }: { order: InboxOrder; view: View; chosen: RequestId | undefined; scroller: HTMLElement | null }) {
  const { replica } = useWorld()
  const lines = useSyncExternalStore(replica.subscribe, order.lines)
  const [slots] = useState(() => new Slots<RequestId>())
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller,
    // The same functions until the lines change: with new ones every scroll would measure every line again.
    estimateSize: useCallback((index: number) => (lines[index] && 'heading' in lines[index] ? HEADING : ROW), [lines]),
    getItemKey: useCallback((index: number) => keyOf(lines[index]), [lines]),
    overscan: 8,
    initialRect: { width: 360, height: 900 },
  })

  // The chosen row is brought into sight, and gets the focus when the focus was in the list.
  useEffect(() => {
    if (!scroller) return
    const index = lines.findIndex((line) => 'id' in line && line.id === chosen)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
    const row = document.getElementById(`row-${chosen}`)
    if (row && (scroller.contains(document.activeElement) || document.activeElement === document.body)) row.focus({ preventScroll: true })
    // Only a change of the choice moves the list; new rows must not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [chosen, scroller])

  if (lines.length === 0) return <Empty view={view} />
  const first = lines.find((line) => 'id' in line)?.id
  const inSight = virtual.getVirtualItems().flatMap((item) => {
    const line = lines[item.index]
    return line ? [{ line, start: item.start, size: item.size }] : []
  })
  const slotOf = slots.give(inSight.flatMap(({ line }) => ('id' in line ? [line.id] : [])), hasFocus)
  const shown = inSight.map(({ line, start, size }) => ({ line, start, size, slot: 'id' in line ? (slotOf.get(line.id) ?? 0) : -1 }))
  // Who reads with their ears finds the rows in their order once the list rests; until then none is moved in the page,
  // because moving one costs as much as making it.
  if (virtual.isScrolling) shown.sort((a, b) => a.slot - b.slot)
  return (
    <ul className={styles.list} style={{ height: virtual.getTotalSize() }}>
      {shown.map(({ line, start, size, slot }) =>
        'heading' in line ? (
          <Heading key={line.heading} name={line.heading} count={line.count} start={start} size={size} />
        ) : (
          <RowLine key={slot} id={line.id} view={view} chosen={line.id === chosen} reachable={line.id === (chosen ?? first)} start={start} size={size} />
        ),
      )}
    </ul>
  )
}

const Heading = memo(function Heading({ name, count, start, size }: { name: GroupName; count: number; start: number; size: number }) {
  return (
    <li className={styles.line} style={{ height: size, transform: `translateY(${start}px)` }}>
      <h2 className={styles.heading} data-live={name === 'live' || undefined}>
        {text.inbox[name]} <span className={styles.count}>{count}</span>
      </h2>
    </li>
  )
})

const RowLine = memo(function RowLine({ start, size, ...row }: { id: RequestId; view: View; chosen: boolean; reachable: boolean; start: number; size: number }) {
  return (
    <li className={styles.line} style={{ height: size, transform: `translateY(${start}px)` }}>
      <Row {...row} />
    </li>
  )
})

/** The focus goes with its request, and not on to another one. */
function hasFocus(id: RequestId): boolean {
  return document.getElementById(`row-${id}`)?.contains(document.activeElement) ?? false
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

function keyOf(line: Line | undefined): string {
  if (!line) return ''
  return 'id' in line ? line.id : line.heading
}
