/** Hours of the next open day in which nobody is on duty, said the day before to whoever can change it. */

import { useCallback } from 'react'
import { TriangleAlert } from 'lucide-react'
import { go } from '../../app/router'
import { Button, Note } from '../../kit'
import { clockTime } from '../../hours/typed'
import { offsetUntil } from '../../hours/zone'
import type { Desk } from '../../protocol/wire'
import { useMe, useNow, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { dayAhead, list, text } from '../../text'
import { isResponsible } from '../care/rights'

const DAY = 86_400_000

export function Gaps({ desks, action }: { desks: readonly Desk[]; action?: boolean }) {
  const now = useNow(60_000)
  const orgZone = useReplica((replica) => replica.org?.zone ?? 'UTC')
  return desks.map((desk) => {
    const said = sentence(desk, orgZone, now)
    if (!said) return null
    return (
      <Note key={desk.id} role="status" icon={<TriangleAlert />} action={action && <Button small onPress={() => go(`/rota/${desk.id}`)}>{text.gaps.action}</Button>}>
        {said}
      </Note>
    )
  })
}

/** Of the desks that one answers for. */
export function MyGaps() {
  const me = useMe()
  const desks = useReplica(useCallback((replica: Replica) => [...replica.desks.values()].filter((desk) => !desk.closed && desk.gaps.length > 0 && isResponsible(desk, me)), [me]))
  return <Gaps desks={desks} action />
}

/** `Tomorrow, 08:00–09:00, nobody is on duty at Phones help.`, on the wall of the desk. */
export function sentence({ gaps, name, zone }: Pick<Desk, 'gaps' | 'name' | 'zone'>, orgZone: string, now: number): string | undefined {
  const ahead = gaps.filter(({ to }) => to > now)
  const first = ahead[0]
  if (!first) return undefined
  const local = (at: number) => at + offsetUntil(zone || orgZone, at).ahead
  const day = (at: number) => Math.floor(local(at) / DAY)
  const minute = (at: number) => Math.floor((local(at) - day(at) * DAY) / 60_000)
  // Midnight is the end of a day, not the beginning of the next.
  const end = (from: number, to: number) => (day(to) > day(from) && minute(to) === 0 ? 24 * 60 : minute(to))
  const spans = ahead.filter(({ from }) => day(from) === day(first.from)).map(({ from, to }) => `${clockTime(minute(from))}–${clockTime(end(from, to))}`)
  const days = day(first.from) - day(now)
  const when = days === 0 ? text.gaps.today : days === 1 ? text.gaps.tomorrow : dayAhead(local(first.from), 'UTC')
  return text.gaps.one(when, list(spans), name)
}
