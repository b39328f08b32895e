/** Whether a desk's opening hours hold now, in the desk's own zone. Display only; clocks that count live on the server. */

import type { Desk } from '../../protocol/wire'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export function isOpenNow(desk: Pick<Desk, 'hours' | 'zone'>, orgZone: string, now: number): boolean {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: desk.zone || orgZone, weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }).formatToParts(now)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const weekday = WEEKDAYS.indexOf(part('weekday')) + 1
  const minute = Number(part('hour')) * 60 + Number(part('minute'))
  return desk.hours.some((interval) => interval.weekday === weekday && interval.from <= minute && minute < interval.to)
}
