/** The list in the middle: requests under their headings, moved through with J and K. Rows are links, so a new tab works. */

import { useEffect, useMemo, useState } from 'react'
import { PenLine } from 'lucide-react'
import { go } from '../../app/router'
import { useKeys } from '../../app/keys'
import { Button, Skeleton } from '../../kit'
import { useHost, useReadable, useReplica, useWorld } from '../../replica/hooks'
import type { RequestId } from '../../protocol/wire'
import { text } from '../../text'
import { openAsk } from '../ask/open'
import { MyGaps } from '../rota/Gaps'
import { MyUnwatched } from '../rota/Unwatched'
import { MyStill } from '../still/StillScreen'
import type { Line, View } from './groups'
import { Lines } from './Lines'
import { InboxOrder } from './order'
import { UnsentRow } from './Row'
import styles from './Inbox.module.css'

export function Inbox({ view, chosen }: { view: View; chosen: RequestId | undefined }) {
  const { replica } = useWorld()
  const loaded = useReplica((replica) => replica.loaded)
  const order = useMemo(() => new InboxOrder(replica, view), [replica, view])
  useEffect(() => order.follow(), [order])
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)

  const move = (by: 1 | -1) => {
    const ids = order.lines().flatMap((line) => ('id' in line ? [line.id] : []))
    const at = chosen ? ids.indexOf(chosen) : -1
    const next = ids[at === -1 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by))]
    if (next) choose(next, view)
  }
  useKeys(text.keys.list, [
    { keys: 'J', name: text.keys.next, act: () => move(1) },
    { keys: 'K', name: text.keys.previous, act: () => move(-1) },
    { keys: 'Enter', name: text.keys.enter, act: () => enter(chosen ?? firstOf(order.lines()), view) },
    { keys: 'Esc', name: text.keys.back, act: () => leave(chosen) },
  ])

  // How long a start takes is measured up to here: the second frame comes when the first one has been painted.
  useEffect(() => {
    if (loaded) requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('inbox')))
  }, [loaded])

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
      <div className={styles.scroller} ref={setScroller} data-list>
        {!loaded ? (
          <Skeleton label={text.common.loading} rows={8} />
        ) : (
          <>
            {view === 'open' && <Unsent />}
            <Lines order={order} view={view} chosen={chosen} scroller={scroller} />
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

function firstOf(lines: readonly Line[]): RequestId | undefined {
  return lines.find((line) => 'id' in line)?.id
}
