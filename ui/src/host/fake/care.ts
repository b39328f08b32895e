/** What a fresh request and a fresh desk have of what the rules look after, in the fake organisation. */

import type { Care, Desk } from '../../protocol/wire'

export const noCare: Care = {
  plan: '', waiting_for: '', next_update_by: null, update_late: 'no', update_look_at: null, silence_at: null, first_response_by: null, solve_by: null, worked: 0,
  waited: 0, counted_at: null, earlier_desks: [], alarm: null, callback: null, hand_over: null, card: null, desk_changes: 0, owner_changes: 0, critical: null,
  to_vet: false, joined: [], merged_into: null, stalled: null, unconfirmed: false, asks_solved: false, verdict: null, follow_up: null, next_time: '', met: null, details: [],
}

export const newDesk: Pick<Desk, 'service' | 'hours_since' | 'earlier_hours' | 'rota' | 'gaps' | 'history'> = {
  service: {
    guidelines: '', hints: [], fields: [], deputy: { kind: 'members' }, vetters: [], special_days: [], wip_limit: 0, escalation: null,
    standards: {
      live: { first_response: 2, resolution: 0 },
      today: { first_response: 30, resolution: 240 },
      whenever: { first_response: 480, resolution: 960 },
    },
  },
  hours_since: null, earlier_hours: [], rota: [], gaps: [], history: [],
}
