/** What a fresh request and a fresh desk have of what the rules look after, in the fake organisation. */

import type { Care, CareStep, Command, Desk, Event, PersonId, Request } from '../../protocol/wire'

export const noCare: Care = {
  plan: '', waiting_for: '', next_update_by: null, update_late: 'no', update_look_at: null, silence_at: null, first_response_by: null, solve_by: null, worked: 0,
  waited: 0, counted_at: null, alarm: null, callback: null, hand_over: null, card: null, desk_changes: 0, owner_changes: 0, critical: null,
  to_vet: false, joined: [], merged_into: null, blocked_by: [], unblocked_at: null, stalled: null, unconfirmed: false, asks_solved: false, verdict: null, follow_up: null, reminders: [], next_time: '', met: null, details: [],
}

export const newDesk: Pick<Desk, 'service' | 'hours_since' | 'earlier_hours' | 'rota' | 'gaps' | 'unwatched' | 'history'> = {
  service: {
    guidelines: '', hints: [], fields: [], deputy: { kind: 'members' }, vetters: [], special_days: [], wip_limit: 0, escalation: null, posting: { agents: 'always', leads: 'always', admins: 'always' },
    standards: {
      live: { first_response: 2, resolution: 0, reply: 0 },
      today: { first_response: 30, resolution: 240, reply: 0 },
      whenever: { first_response: 480, resolution: 960, reply: 0 },
    },
  },
  hours_since: null, earlier_hours: [], rota: [], gaps: [], unwatched: null, history: [],
}

type Cared = Extract<Command, { kind: 'plan' | 'wait_for_other' | 'go_on' | 'offer_hand_over' | 'take_over' | 'decline_hand_over' | 'take_back_hand_over' | 'confirm' | 'follow_up_done' | 'leave_request' | 'join_request' | 'promise_callback' | 'callback_done' | 'mark_critical' | 'review_critical' | 'forward' | 'point_next_time' }>

/** What such a command changes, as far as a screen can show it, and what the timeline says. */
export function careOf(command: Cared, old: Request, deskOwner: PersonId, me: PersonId, now: number): { change: Partial<Request>; event: Event; words: string } | undefined {
  const { care } = old
  const usual = now + { live: 10, today: 120, whenever: 2880 }[old.urgency] * 60_000
  const step = (step: CareStep, change: Partial<Request>, words = '') => ({ event: { what: 'care', step } as Event, change, words })
  switch (command.kind) {
    case 'plan': {
      const until = command.args.update_by ?? usual
      return step({ step: 'planned', until }, { care: { ...care, plan: command.args.text, next_update_by: until } }, command.args.text)
    }
    case 'wait_for_other': {
      const until = command.args.until ?? usual
      return step({ step: 'waits_for_other', until }, { state: 'waiting_other', care: { ...care, waiting_for: command.args.what, next_update_by: until } }, command.args.what)
    }
    case 'go_on': return step({ step: 'goes_on' }, { state: 'accepted', care: { ...care, waiting_for: '' } })
    case 'offer_hand_over': {
      const { desk, person, card } = command.args
      return step({ step: 'offered', desk, person }, { care: { ...care, card: { ...card, by: me, at: now }, hand_over: { from: me, desk, person, at: now } } }, card.needed)
    }
    case 'take_over': {
      const offer = care.hand_over
      if (!offer) return undefined
      return step({ step: 'taken_over', from: offer.from, desk: offer.desk }, { owner: me, desk: offer.desk, state: 'accepted', care: { ...care, hand_over: null, plan: '', owner_changes: care.owner_changes + 1 } })
    }
    case 'decline_hand_over': return step({ step: 'offer_declined' }, { care: { ...care, hand_over: null } }, command.args.reason)
    case 'take_back_hand_over': return step({ step: 'offer_taken_back' }, { care: { ...care, hand_over: null } })
    case 'confirm': {
      const { solved, line } = command.args
      const verdict = { solved, line, at: now }
      if (solved) return { event: { what: 'solved' }, change: { state: 'solved', solved_at: now, care: { ...care, verdict, asks_solved: false, unconfirmed: false } }, words: line }
      return step({ step: 'not_solved', caller: deskOwner }, { state: 'accepted', care: { ...care, verdict, asks_solved: false, follow_up: { by: deskOwner, until: now + 86_400_000, late: false, done: null }, reminders: [{ person: deskOwner, of: 'follow_up' }] } }, line)
    }
    case 'follow_up_done': return step({ step: 'followed_up' }, { care: { ...care, follow_up: null, reminders: [] } }, command.args.text)
    case 'promise_callback': {
      const { at } = command.args
      return step({ step: 'callback_promised', at }, { care: { ...care, callback: { at, by: old.asker === me ? null : me, paged: [], next_at: at } } })
    }
    case 'callback_done': {
      const kept = command.args.called
      return step({ step: kept ? 'callback_kept' : 'callback_dropped' }, { ...(kept && old.owner === null && { owner: me, state: 'accepted' }), care: { ...care, callback: null } })
    }
    case 'mark_critical': {
      const { reason } = command.args
      return step({ step: 'critical' }, { care: { ...care, critical: { by: me, reason, at: now, review: null } } }, reason)
    }
    case 'review_critical': {
      const { text } = command.args
      return step({ step: 'critical_reviewed' }, { care: { ...care, critical: care.critical && { ...care.critical, review: { by: me, at: now, text } } } }, text)
    }
    case 'forward': return step({ step: 'vetted' }, { care: { ...care, to_vet: false, card: { ...command.args.card, by: me, at: now } } })
    case 'point_next_time': return step({ step: 'next_time' }, { care: { ...care, next_time: command.args.text } }, command.args.text)
    case 'join_request': return step({ step: 'joined' }, { care: { ...care, joined: [...care.joined, me] } })
    case 'leave_request': return step({ step: 'left' }, { care: { ...care, joined: care.joined.filter((one) => one !== me) } })
  }
}
