/** One request in a list: who, what, waiting for whom, since when. It takes an id and watches its own row. */

import { memo, useCallback } from 'react'
import { AtSign, CircleArrowRight, CircleCheck, CircleDashed, CircleDot, CircleHelp, CirclePause, CircleSlash, Image, Lock, PhoneCall, Play } from 'lucide-react'
import { Link } from '../../app/router'
import { Avatar, Chip, Hourglass } from '../../kit'
import type { Waiting } from '../../host/host'
import type { ClipId, Person, Request, RequestId, Urgency } from '../../protocol/wire'
import { useHost, useNow, useReplica, useWorld, useMe } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { ago, clock, firstName, text } from '../../text'
import { Marks } from '../care/Marks'
import { isOpen } from '../care/rights'
import { awaited, title } from '../request/awaited'
import { pathTo } from './Inbox'
import type { View } from './groups'
import styles from './Row.module.css'

/** The glass has run through after this long. It pictures passing time; it promises nothing. */
const GLASS: Record<Urgency, number> = { live: 5 * 60_000, today: 3_600_000, whenever: 8 * 3_600_000 }

export const Row = memo(function Row({ id, view, chosen, reachable }: { id: RequestId; view: View; chosen: boolean; reachable: boolean }) {
  const { replica } = useWorld()
  const me = useMe()
  // One look at the replica for all of it: every row looks before every picture in which anything changed.
  const [request, asker, clip, pictures, isNamed] = useReplica(useCallback((replica: Replica) => seen(replica, id), [id]))
  const live = request?.urgency === 'live'
  const now = useNow(live && isOpen(request) ? 1000 : 15_000)
  if (!request) return null
  const status = awaited(request, replica, me)
  const open = isOpen(request)
  const waits = open && (request.state === 'open' || request.state === 'accepted')
  const since = request.state === 'open' ? request.asked_at : status.since
  return (
    <Link
      to={pathTo(id, view)}
      id={`row-${id}`}
      className={styles.row}
      aria-current={chosen || undefined}
      tabIndex={reachable ? 0 : -1}
      data-live={(live && waits) || undefined}
    >
      <Avatar name={asker?.name ?? '?'} size="m" />
      <span className={styles.body}>
        <span className={styles.first}>
          <span className={styles.name}>{request.asker === me ? text.common.youFirst : firstName(asker?.name ?? '')}</span>
          <span className={styles.title}>{title(request)}</span>
        </span>
        <span className={styles.second}>
          <StateIcon request={request} />
          <span className={styles.awaited} data-yours={status.yours || undefined}>
            {live && request.state === 'open' ? text.urgency.live : status.words}
          </span>
          {waits && <Hourglass part={(now - since) / GLASS[request.urgency]} />}
          <time className={styles.time}>{live && waits ? clock(now - since) : ago(since, now)}</time>
          {isNamed && <AtSign className={styles.mark} data-named aria-label={text.mention.namesYou} />}
          <Marks request={request} now={now} />
          {request.private_with && <Lock className={styles.mark} aria-label={text.inbox.private} />}
          {request.ticket && <Chip>{request.ticket.label}</Chip>}
          {!clip && pictures > 0 && <Image className={styles.mark} aria-label={text.inbox.pictures(pictures)} />}
        </span>
      </span>
      {/* Not another's picture until its own has come: the elements of a row show other requests later. */}
      {clip && <Poster key={clip} clip={clip} />}
    </Link>
  )
})

function Poster({ clip }: { clip: ClipId }) {
  const { media } = useHost()
  return (
    <span className={styles.poster}>
      <img src={media.poster(clip)} alt={text.inbox.clip} loading="lazy" />
      <Play aria-hidden="true" />
    </span>
  )
}

export function UnsentRow({ waiting }: { waiting: Waiting }) {
  const now = useNow()
  if (waiting.command.kind !== 'ask') return null
  return (
    <Link to={`/r/${waiting.command.args.request}`} className={styles.row}>
      <CircleDashed className={styles.unsentIcon} aria-hidden="true" />
      <span className={styles.body}>
        <span className={styles.first}>
          <span className={styles.title}>{waiting.command.args.text}</span>
        </span>
        <span className={styles.second}>
          <span className={styles.awaited}>{text.sending[waiting.state]}</span>
          <time className={styles.time}>{ago(waiting.since, now)}</time>
        </span>
      </span>
    </Link>
  )
}

/** Meaning by shape: each state has its own. */
export function StateIcon({ request }: { request: Request }) {
  const live = request.urgency === 'live'
  switch (request.state) {
    case 'open': return live ? <PhoneCall className={styles.state} data-live aria-hidden="true" /> : <Dashed />
    case 'accepted': return live ? <PhoneCall className={styles.state} data-live aria-hidden="true" /> : <CircleDot className={styles.state} aria-hidden="true" />
    case 'waiting_asker': return <CircleHelp className={styles.state} aria-hidden="true" />
    case 'waiting_other': return <CirclePause className={styles.state} aria-hidden="true" />
    case 'answered': return <CircleCheck className={styles.state} data-answered aria-hidden="true" />
    case 'solved': return <CircleCheck className={styles.state} aria-hidden="true" />
    case 'withdrawn': return <CircleSlash className={styles.state} aria-hidden="true" />
    case 'merged': return <CircleArrowRight className={styles.state} aria-hidden="true" />
  }
}

/** The circle of what nobody has taken, as the library draws it, but in one piece: most rows of a long list have it. */
function Dashed() {
  return (
    <svg className={styles.state} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeLinecap="round" aria-hidden="true">
      <path d={DASHES} />
    </svg>
  )
}

/** Eight arcs around the middle, each as wide as what it takes to see them apart. */
const DASHES = Array.from({ length: 8 }, (_, nth) => {
  const at = (angle: number) => `${(12 + 10 * Math.cos(angle)).toFixed(3)} ${(12 + 10 * Math.sin(angle)).toFixed(3)}`
  return `M${at((nth * Math.PI) / 4 - 0.191)}A10 10 0 0 1 ${at((nth * Math.PI) / 4 + 0.191)}`
}).join('')

/** What of the replica a row shows. */
type Shown = readonly [request: Request | undefined, asker: Person | undefined, clip: ClipId | undefined, pictures: number, isNamed: boolean]

/** Newest clip with a poster, and the number of pictures, are those of the thread. */
function seen(replica: Replica, id: RequestId): Shown {
  let clip: ClipId | undefined
  let pictures = 0
  for (const messageId of replica.thread(id)) {
    const message = replica.messages.get(messageId)
    if (!message) continue
    pictures += message.attachments.length
    if (message.clip && replica.clips.get(message.clip)?.poster) clip = message.clip
  }
  const request = replica.requests.get(id)
  return [request, request && replica.people.get(request.asker), clip, pictures, replica.named.has(id)]
}
