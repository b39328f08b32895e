/** Whether a desk's opening hours hold now, holidays and all, in the desk's own zone. Display only; clocks that count live on the server. */

import { Calendar, type DeskHours } from '../../hours/calendar'

export function isOpenNow(desk: DeskHours, orgZone: string, now: number): boolean {
  return Calendar.of(desk, orgZone).isOpen(now)
}
