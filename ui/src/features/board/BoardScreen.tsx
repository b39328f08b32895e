/**
 * A desk's board: who waits, what is being worked on, whose turn it is. Cards are dragged, or moved by keys: arrows walk,
 * M offers the moves, Enter opens. Columns say nothing of persons' numbers; a card names who has it, because one must know.
 */

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ArrowRightLeft, CalendarClock, CircleDashed, CircleDot, CircleOff, Handshake, Hourglass, SquareKanban } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { useKeys } from '../../app/keys'
import { go } from '../../app/router'
import { Button, EmptyState, Select, Skeleton } from '../../kit'
import type { DeskId, RequestId } from '../../protocol/wire'
import { useCommands, useMe, useNow, usePerson, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { SayDialog } from '../care/Dialogs'
import { helpsAt } from '../inbox/groups'
import { Gaps } from '../rota/Gaps'
import { Unwatched } from '../rota/Unwatched'
import { overlooks } from '../still/still'
import { Card } from './Card'
import { boardOf, COLUMNS, movesOf, startOfDay, type ColumnName, type Move } from './columns'
import { amFull, roomAt } from './room'
import { ShareLine } from './ShareLine'
import styles from './Board.module.css'

/** More than anybody looks through; the inbox has them all. */
const MOST = 40

export function BoardScreen({ desk: wanted }: { desk: DeskId | undefined }) {
  const { replica } = useWorld()
  const me = useMe()
  const myself = usePerson(me)
  const loaded = useReplica((replica) => replica.loaded)
  const desks = useReplica(useCallback((replica: Replica) => [...replica.desks.values()].filter((desk) => !desk.closed && helpsAt(desk, me)).sort((a, b) => a.name.localeCompare(b.name)), [me]))
  const desk = (wanted && replica.desks.get(wanted)) || desks.find((one) => one.owner === me) || desks[0]
  if (!loaded) return <Skeleton label={text.common.loading} rows={6} />
  if (!desk) {
    return (
      <main className={styles.screen}>
        <EmptyState icon={<SquareKanban />} title={text.board.noDesk}>{text.board.noDeskHint}</EmptyState>
      </main>
    )
  }
  return (
    <main className={styles.screen} aria-label={text.board.of(desk.name)}>
      <header className={styles.header}>
        <div>
          <h1>{desk.name}</h1>
          <p>{desk.purpose}</p>
        </div>
        <div className={styles.tools}>
          <Button icon={<CalendarClock />} onPress={() => go(`/rota/${desk.id}`)}>{text.rota.title}</Button>
          <Button icon={<Handshake />} onPress={() => go('/shift')}>{text.shift.title}</Button>
          {overlooks(desk, myself) && <Button icon={<Hourglass />} onPress={() => go('/still')}>{text.still.title}</Button>}
          {desks.length > 1 && (
            <Select label={text.board.desk} quietLabel value={desk.id} onChange={(id) => go(`/board/${id}`)} choices={desks.map(({ id, name, purpose }) => ({ id, name, hint: purpose }))} />
          )}
        </div>
      </header>
      <div className={styles.notes}>
        <Unwatched desks={[desk]} />
        <Gaps desks={[desk]} action />
      </div>
      <ShareLine key={`share ${desk.id}`} desk={desk} />
      <Columns key={desk.id} desk={desk.id} />
    </main>
  )
}

function Columns({ desk }: { desk: DeskId }) {
  const { replica } = useWorld()
  const me = useMe()
  const commands = useCommands()
  const today = startOfDay(useNow(60_000))
  const flat = useReplica(useCallback((replica: Replica) => boardOf(replica, desk, today), [desk, today]))
  const columns = useMemo(() => split(flat), [flat])
  const [dragged, setDragged] = useState<RequestId | undefined>()
  const [waiting, setWaiting] = useState<RequestId | undefined>()
  const waits = useReplica(useCallback((replica: Replica) => (waiting ? replica.requests.get(waiting) : undefined), [waiting]))
  const place = useRef<HTMLDivElement>(null)
  /** The card that was moved last, and where it stood. */
  const moved = useRef<{ id: RequestId; from: ColumnName | undefined } | undefined>(undefined)
  const columnOf = (id: RequestId) => columns.find(({ ids }) => ids.includes(id))?.name
  // A card that went to another column takes the focus with it, unless its mover has gone on to something else.
  useEffect(() => {
    const one = moved.current
    const column = one && columns.find(({ ids }) => ids.includes(one.id))?.name
    if (!one || column === one.from) return
    moved.current = undefined
    if (document.activeElement?.matches('input, textarea') === true) return
    requestAnimationFrame(() => document.getElementById(`card-${one.id}`)?.focus())
  }, [columns])

  const moves = (id: RequestId): Move[] => {
    const request = replica.requests.get(id)
    return request ? movesOf(request, replica.desks.get(request.desk), me) : []
  }
  const move = (id: RequestId, { name }: Move) => {
    const send = (sent: Promise<unknown>) => {
      const mine = { id, from: columnOf(id) }
      moved.current = mine
      attempt(sent.catch((error: unknown) => {
        // It stays where it is; what moves it later is somebody else's doing.
        if (moved.current === mine) moved.current = undefined
        throw error
      }))
    }
    switch (name) {
      case 'take': return send(commands.take({ request: id }))
      case 'wait': return setWaiting(id)
      case 'goOn': return send(commands.goOn({ request: id }))
      case 'giveBack': return send(commands.giveBack({ request: id }))
      case 'solve': return send(commands.solve({ request: id }))
      case 'reopen': return send(commands.reopen({ request: id }))
      default:
        // Words are needed: they are written where the thread is read.
        go(`/r/${id}`)
        requestAnimationFrame(() => document.getElementById('composer')?.focus())
    }
  }
  const walk = (byColumn: number, byCard: number) => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-card]')
    const all = [...(place.current?.querySelectorAll<HTMLElement>('[data-column]') ?? [])].map((column) => [...column.querySelectorAll<HTMLElement>('[data-card]')])
    const column = Math.max(0, all.findIndex((cards) => focused && cards.includes(focused)))
    if (!focused) return all.find((cards) => cards.length > 0)?.[0]?.focus()
    const row = all[column]?.indexOf(focused) ?? 0
    if (byCard !== 0) return all[column]?.[row + byCard]?.focus()
    // Empty columns are stepped over.
    for (let next = column + byColumn; next >= 0 && next < all.length; next += byColumn) {
      const cards = all[next] ?? []
      if (cards.length > 0) return cards[Math.min(row, cards.length - 1)]?.focus()
    }
  }
  useKeys(text.board.keys.group, [
    { keys: 'Right', name: text.board.keys.side, act: () => walk(1, 0) },
    { keys: 'Left', name: text.board.keys.side, act: () => walk(-1, 0) },
    { keys: 'Down', name: text.board.keys.card, act: () => walk(0, 1) },
    { keys: 'Up', name: text.board.keys.card, act: () => walk(0, -1) },
    { keys: 'M', name: text.board.keys.move, act: () => document.activeElement?.closest('li')?.querySelector<HTMLElement>('button')?.click() },
  ])

  const row = useReplica(useCallback((replica: Replica) => replica.desks.get(desk), [desk]))
  const full = useReplica(useCallback((replica: Replica) => row !== undefined && amFull(row, replica.requests.values(), me), [row, me]))
  const first = columns.flatMap(({ ids }) => ids)[0]
  return (
    <div className={styles.columns} ref={place}>
      {columns.map(({ name, ids }) => {
        const offered = dragged ? moves(dragged).find((one) => one.to === name) : undefined
        return (
          <section
            key={name}
            className={styles.column}
            aria-label={text.board.columns[name]}
            data-column={name}
            data-offered={offered ? true : undefined}
            data-refused={(dragged && !offered) || undefined}
            onDragOver={(event) => offered && event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault()
              setDragged(undefined)
              if (dragged && offered) move(dragged, offered)
            }}
          >
            <h2>
              {text.board.columns[name]} <span className={styles.count}>{ids.length}</span>
              {name === 'taken' && <RoomMark desk={desk} />}
            </h2>
            {ids.length === 0 ? (
              <p className={styles.empty}>{text.board.empty[name]}</p>
            ) : (
              <ul className={styles.cards}>
                {ids.slice(0, MOST).map((id) => (
                  <Card key={id} id={id} reachable={id === first} full={full} moves={moves(id)} onMove={(chosen) => move(id, chosen)} onDrag={(on) => setDragged(on ? id : undefined)} />
                ))}
              </ul>
            )}
            {ids.length > MOST && (
              <Button small tone="quiet" icon={<ArrowRightLeft />} onPress={() => go('/')}>
                {text.board.more(ids.length - MOST)}
              </Button>
            )}
          </section>
        )
      })}
      {waits && <SayDialog request={waits} saying="wait" onClose={() => {
        setWaiting(undefined)
        requestAnimationFrame(() => document.getElementById(`card-${waits.id}`)?.focus())
      }} />}
    </div>
  )
}

/** Whether there is room for more at once, in words and by shape; never how many somebody has. */
function RoomMark({ desk: id }: { desk: DeskId }) {
  const now = useNow(60_000)
  const desk = useReplica(useCallback((replica: Replica) => replica.desks.get(id), [id]))
  const room = useReplica(useCallback((replica: Replica) => desk && roomAt(desk, replica.requests.values(), replica.people.values(), replica.org?.zone ?? 'UTC', now), [desk, now]))
  if (!desk || !room) return null
  return (
    <span className={styles.room} data-room={room} title={text.board.roomHint(desk.service.wip_limit)}>
      {room === 'room' ? <CircleDashed aria-hidden="true" /> : room === 'limit' ? <CircleDot aria-hidden="true" /> : <CircleOff aria-hidden="true" />}
      {text.board.room[room]}
    </span>
  )
}

function split(flat: readonly (ColumnName | RequestId)[]): { name: ColumnName; ids: RequestId[] }[] {
  const columns: { name: ColumnName; ids: RequestId[] }[] = []
  for (const one of flat) {
    if ((COLUMNS as readonly string[]).includes(one)) columns.push({ name: one as ColumnName, ids: [] })
    else columns.at(-1)?.ids.push(one as RequestId)
  }
  return columns
}
