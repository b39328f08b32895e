/** The opening hours of a desk as a screen reads them, made anew only when they change. */

import { useCallback, useMemo } from 'react'
import { Calendar } from '../../hours/calendar'
import type { DeskId } from '../../protocol/wire'
import { useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'

export function useCalendar(id: DeskId | undefined): Calendar | undefined {
  const desk = useReplica(useCallback((replica: Replica) => (id ? replica.desks.get(id) : undefined), [id]))
  const zone = useReplica((replica) => replica.org?.zone ?? 'UTC')
  return useMemo(() => (desk ? Calendar.of(desk, zone) : undefined), [desk, zone])
}
