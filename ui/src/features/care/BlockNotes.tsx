/** What a request waits for, and what waits for it, on its page: by title where one may see it, and how the link is taken away. */

import { useCallback } from 'react'
import { Link2Off, PackageCheck, Split, Workflow } from 'lucide-react'
import { Link } from '../../app/router'
import { attempt } from '../../app/attempt'
import { Button, Note } from '../../kit'
import type { Request, RequestId } from '../../protocol/wire'
import { useCommands, useMe, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { text } from '../../text'
import { helpsAt } from '../inbox/groups'
import { title } from '../request/awaited'
import { maySay, waitingFor } from './blocked'
import styles from './Owed.module.css'

const words = text.block

export function BlockedNotes({ request }: { request: Request }) {
  const me = useMe()
  const commands = useCommands()
  const helps = useReplica(useCallback((replica: Replica) => helpsAt(replica.desks.get(request.desk), me), [request.desk, me]))
  const may = maySay(request, helps, me)
  return request.care.blocked_by.map((id) => (
    <Note
      key={id}
      role="status"
      icon={<Workflow />}
      action={may && <Button small tone="quiet" icon={<Link2Off />} onPress={() => attempt(commands.unblock({ request: request.id, blocker: id }))}>{words.unlink}</Button>}
    >
      {words.by} <Named id={id} />
    </Note>
  ))
}

/** Nothing holds it up any more: said until somebody goes on with it. */
export function UnblockedNote() {
  return <Note role="status" icon={<PackageCheck />}>{words.over}</Note>
}

/** Only what one may see is named, and counted. */
export function BlocksNote({ request: { id } }: { request: Request }) {
  const waiting = useReplica(useCallback((replica: Replica) => waitingFor(id, replica.requests), [id]))
  if (waiting.length === 0) return null
  return (
    <Note icon={<Split />}>
      <details className={styles.waiting} open={waiting.length === 1}>
        <summary>{words.waiting(waiting.length)}</summary>
        <ul>
          {waiting.map((one) => (
            <li key={one.id}><Link to={`/r/${one.id}`}>{title(one)}</Link></li>
          ))}
        </ul>
      </details>
    </Note>
  )
}

function Named({ id }: { id: RequestId }) {
  const request = useReplica(useCallback((replica: Replica) => replica.requests.get(id), [id]))
  return request ? <Link to={`/r/${id}`}>{title(request)}</Link> : <span>{words.hidden}</span>
}
