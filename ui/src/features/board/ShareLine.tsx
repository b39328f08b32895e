/**
 * How much of what is asked at a desk is a waiting customer: a fact of the desk in one line, with how many questions it was
 * read off and when. The server counts; where too few people asked it counts nothing, and this says so.
 */

import { useEffect, useState } from 'react'
import type { Desk, LiveShare } from '../../protocol/wire'
import { useHost, useReadable, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import styles from './Board.module.css'

/** With fewer a share says little (rules.md 3.3). */
const SMALL = 20
const DAY = 86_400_000
const words = text.board.share

export function ShareLine({ desk }: { desk: Desk }) {
  const host = useHost()
  const isOnline = useReadable(host.connection).kind === 'online'
  const orgZone = useReplica((replica) => replica.org?.zone ?? 'UTC')
  const [share, setShare] = useState<LiveShare | undefined>()
  useEffect(() => {
    if (!isOnline) return
    let gone = false
    // Whole weeks change once a week; without an answer there is no line.
    host.liveShare(desk.id).then((share) => gone || setShare(share), () => undefined)
    return () => {
      gone = true
    }
  }, [host, isOnline, desk.id])
  return share ? <p className={styles.share} title={words.hint}>{sentence(share, desk.zone || orgZone)}</p> : null
}

export function sentence({ from, to, counted }: LiveShare, zone: string): string {
  const day = (at: number) => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone }).format(at)
  // The last Monday is not in it any more.
  const weeks = words.weeks(day(from), day(to - DAY / 2))
  if (!counted) return words.few(weeks)
  return counted.asked < SMALL ? words.small(counted.live, counted.asked, weeks) : words.of(Math.round((100 * counted.live) / counted.asked), counted.asked, weeks)
}
