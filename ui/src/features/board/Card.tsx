/** One request on the board: what, for whom, with whom, since when; and its moves behind one button. */

import { useCallback } from 'react'
import { ArrowRightLeft } from 'lucide-react'
import { Link } from '../../app/router'
import { Avatar, Chip, IconButton, Menu } from '../../kit'
import type { RequestId } from '../../protocol/wire'
import { useMe, useNow, usePerson, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { ago, clock, firstName, text } from '../../text'
import { Marks } from '../care/Marks'
import { StateIcon } from '../inbox/Row'
import { title } from '../request/awaited'
import type { Move } from './columns'
import styles from './Board.module.css'

export function Card(props: { id: RequestId; reachable: boolean; full: boolean; moves: readonly Move[]; onMove: (move: Move) => void; onDrag: (on: boolean) => void }) {
  const { id, moves } = props
  const me = useMe()
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(id), [id]))
  const asker = usePerson(request?.asker)
  const owner = usePerson(request?.owner)
  const waits = request?.state === 'open' || request?.state === 'accepted'
  const live = request?.urgency === 'live' && waits
  const now = useNow(live ? 1000 : 15_000)
  if (!request) return null
  const since = request.state === 'open' ? request.asked_at : request.touched_at
  const name = (person: typeof asker, mine: boolean) => (mine ? text.common.you : firstName(person?.name ?? ''))
  return (
    <li
      className={styles.card}
      data-live={live || undefined}
      draggable={moves.length > 0}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', title(request))
        // The browser takes its picture of the card first, then the board may change.
        requestAnimationFrame(() => props.onDrag(true))
      }}
      onDragEnd={() => props.onDrag(false)}
    >
      <Link to={`/r/${id}`} id={`card-${id}`} className={styles.link} data-card tabIndex={props.reachable ? 0 : -1}>
        <span className={styles.title}>{title(request)}</span>
        <span className={styles.facts}>
          <StateIcon request={request} />
          <span className={styles.who}>{name(asker, request.asker === me)}</span>
          <time>{live ? clock(now - since) : ago(since, now)}</time>
          {request.ticket && <Chip>{request.ticket.label}</Chip>}
          <Marks request={request} now={now} />
        </span>
        {request.owner && (
          <span className={styles.owner}>
            <Avatar name={owner?.name ?? '?'} size="s" />
            {text.board.withName(name(owner, request.owner === me))}
          </span>
        )}
      </Link>
      {moves.length > 0 && (
        <span className={styles.move}>
          <Menu label={text.board.move(title(request))} actions={moves.map((move) => ({ id: move.name, name: text.board.moves[move.name], ...(move.name === 'take' && props.full && { hint: text.board.full }), act: () => props.onMove(move) }))}>
            <IconButton label={text.board.move(title(request))} small>
              <ArrowRightLeft />
            </IconButton>
          </Menu>
        </span>
      )}
    </li>
  )
}
