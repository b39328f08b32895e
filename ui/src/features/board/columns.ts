/**
 * Which requests stand in which column of a desk's board, and where each may go: only moves that are somebody's to make
 * are offered, and a move that needs words leads to where words are written. Pure; the server decides anyway.
 */

import type { Desk, DeskId, PersonId, Request, RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'
import { isOpen } from '../care/rights'
import { helpsAt, inOrder } from '../inbox/groups'

export type ColumnName = 'waiting' | 'taken' | 'asker' | 'other' | 'answered' | 'solved'
export const COLUMNS: readonly ColumnName[] = ['waiting', 'taken', 'asker', 'other', 'answered', 'solved']

/** What is done: a command of one word, or going to the request to write. */
export type MoveName = 'take' | 'giveBack' | 'goOn' | 'wait' | 'askBack' | 'answer' | 'solve' | 'reopen'
export interface Move {
  name: MoveName
  to: ColumnName
}

export function columnOf(request: Request, today: number): ColumnName | undefined {
  switch (request.state) {
    case 'open': return 'waiting'
    case 'accepted': return 'taken'
    case 'waiting_asker': return 'asker'
    case 'waiting_other': return 'other'
    case 'answered': return 'answered'
    case 'solved': return (request.solved_at ?? 0) >= today ? 'solved' : undefined
    case 'withdrawn':
    case 'merged': return undefined
  }
}

/** The board as a flat list: each column's name, then its requests in their order. */
export function boardOf(replica: Pick<Replica, 'requests' | 'me'>, desk: DeskId, today: number): (ColumnName | RequestId)[] {
  const { me } = replica
  if (!me) return []
  const found = new Map<ColumnName, Request[]>(COLUMNS.map((name) => [name, []]))
  for (const request of replica.requests.values()) {
    const column = request.desk === desk && !request.archived ? columnOf(request, today) : undefined
    if (column) found.get(column)?.push(request)
  }
  return COLUMNS.flatMap((name) => [name, ...(found.get(name) ?? []).sort(inOrder(name === 'solved' ? 'solved' : 'waiting', me)).map(({ id }) => id)])
}

/** Where `me` may take it from where it is. */
export function movesOf(request: Request, desk: Desk | undefined, me: PersonId): Move[] {
  const mine = request.asker === me
  const helps = !mine && (helpsAt(desk, me) || request.private_with?.includes(me) === true || request.owner === me)
  const open = isOpen(request)
  const moves: Move[] = []
  if (helps && request.state === 'open') moves.push({ name: 'take', to: 'taken' })
  if (request.owner === me && open && request.state !== 'answered') moves.push({ name: 'giveBack', to: 'waiting' })
  if (request.owner === me && request.state === 'waiting_other') moves.push({ name: 'goOn', to: 'taken' })
  if (request.owner === me && open && request.state !== 'waiting_other') moves.push({ name: 'wait', to: 'other' })
  if (helps && open && request.state !== 'waiting_asker') moves.push({ name: 'askBack', to: 'asker' })
  if (helps && open && request.state !== 'answered') moves.push({ name: 'answer', to: 'answered' })
  if (mine && open) moves.push({ name: 'solve', to: 'solved' })
  if (mine && request.state === 'solved') moves.push({ name: 'reopen', to: request.owner ? 'taken' : 'waiting' })
  return moves
}

/** The first moment of the day that `now` is in, on the wall of whoever looks. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0)
}
