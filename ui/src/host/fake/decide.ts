/**
 * Plays the server for the demo host: what a command does to the rows of *Numbra*, as far as a screen can show it.
 * The rules that count live in Rust's `domain`; nothing but `host/fake.ts` may use this.
 */

import { careOf, newDesk, noCare } from './care'
import { isOpen } from '../../features/care/rights'
import { aboutRequest, audienceOf } from '../../features/mention/audience'
import type { DeskChanging } from '../host'
import type { Affected, Change, Clip, Command, Entity, EntityKind, Event, Message, NewMentions, PersonId, Posting, Request } from '../../protocol/wire'
import { NO_MENTIONS, uuid } from './numbra'

type Row<K extends EntityKind> = Extract<Entity, { entity: K }>

export class Rows {
  readonly #rows = new Map<string, Entity>()

  constructor(entities: readonly Entity[]) {
    for (const entity of entities) this.put(entity)
  }

  all(): Entity[] {
    return [...this.#rows.values()]
  }

  get<K extends EntityKind>(kind: K, id: string): Row<K> | undefined {
    const row = this.#rows.get(`${kind} ${id}`)
    return row?.entity === kind ? (row as Row<K>) : undefined
  }

  put(entity: Entity): Entity {
    this.#rows.set('id' in entity ? `${entity.entity} ${entity.id}` : entity.entity, entity)
    return entity
  }

  /** How many of a desk's questions come before one that waits; undefined: it does not wait. */
  waitingBefore(id: string): number | undefined {
    const mine = this.get('request', id)
    const waits = ({ state, owner }: Request) => state === 'open' && owner === null
    if (!mine || !waits(mine)) return undefined
    const isBefore = (one: Request) => (one.urgency === 'live') === (mine.urgency === 'live') ? one.asked_at < mine.asked_at : one.urgency === 'live'
    return this.all().filter((one) => one.entity === 'request' && one.desk === mine.desk && waits(one) && isBefore(one)).length
  }

  /** How many of a desk's questions come before one that is asked now. */
  waitingAt(desk: string, urgency: Request['urgency']): number {
    return this.all().filter((one) => one.entity === 'request' && one.desk === desk && one.state === 'open' && one.owner === null && (urgency !== 'live' || one.urgency === 'live')).length
  }

  /** Whom a change of a desk concerns, roughly as the server says it. */
  affected(change: DeskChanging): Affected {
    const desk = this.get('desk', change.args.desk)
    const requests = this.all().filter((one) => one.entity === 'request' && one.desk === change.args.desk && isOpen(one)).length
    const none: Affected = { requests: 0, gain_sight: [], lose_sight: [], become_helpers: [], are_helpers_no_more: [], ask_more: [], ask_less: [] }
    const strict = ['always', 'while_open', 'never']
    const asks = (role: Row<'person'>['role'], { agents, leads, admins }: Posting) => strict.indexOf({ agent: agents, lead: leads, admin: admins }[role])
    if (desk && change.kind === 'arrange_desk') {
      const more = this.all().flatMap((one) => (one.entity === 'person' && one.active ? [{ id: one.id, by: asks(one.role, desk.service.posting) - asks(one.role, change.args.service.posting) }] : []))
      const promises = JSON.stringify(desk.service.standards) !== JSON.stringify(change.args.service.standards)
      return { ...none, requests: promises ? requests : 0, ask_more: more.filter(({ by }) => by > 0).map(({ id }) => id), ask_less: more.filter(({ by }) => by < 0).map(({ id }) => id) }
    }
    if (!desk || change.kind !== 'edit_desk') return none
    const people = this.all().flatMap((one) => (one.entity === 'person' && one.active ? [one.id] : []))
    const helps = (rule: Pick<Row<'desk'>, 'helpers' | 'owner'>, id: PersonId) => rule.owner === id || rule.helpers.kind === 'everyone' || rule.helpers.people.includes(id)
    const sees = (rule: Pick<Row<'desk'>, 'helpers' | 'owner' | 'audience'>, id: PersonId) => rule.audience !== 'private' || helps(rule, id)
    const { args } = change
    return {
      requests: JSON.stringify(args.hours) === JSON.stringify(desk.hours) ? 0 : requests,
      gain_sight: people.filter((id) => sees(args, id) && !sees(desk, id)),
      lose_sight: people.filter((id) => !sees(args, id) && sees(desk, id)),
      become_helpers: people.filter((id) => helps(args, id) && !helps(desk, id)),
      are_helpers_no_more: people.filter((id) => !helps(args, id) && helps(desk, id)),
      ask_more: [], ask_less: [],
    }
  }

  /** Carries out a command as `me` at `now`; the changes as the feed would bring them. */
  decide(command: Command, me: PersonId, now: number): Change[] {
    const changed: Entity[] = []
    const put = (entity: Entity) => changed.push(this.put(entity))
    const request = (id: string, change: (old: Request) => Partial<Request>) => {
      const old = this.get('request', id)
      if (old) put({ ...old, ...change(old), touched_at: now })
    }
    const event = (id: Request['id'], what: Event) => put({ entity: 'message', ...entry(id, { kind: 'event', event: what }) })
    const entry = (id: Request['id'], kind: Message['kind'], rest: Partial<Message> = {}): Message => ({
      id: uuid(), request: id, author: me, kind, text: '', attachments: [], clip: null, moment: null, mentions: NO_MENTIONS, at: now, deleted: false, ...rest,
    })

    switch (command.kind) {
      case 'ask': {
        const { args } = command
        put({
          entity: 'request', id: args.request, desk: args.desk, asker: me, owner: null, text: args.text, urgency: args.urgency, ticket: args.ticket,
          private_with: args.private_with, state: 'open', asked_at: now, first_response_at: null, answered_at: null, solved_at: null, touched_at: now,
          clip_wanted_by: null, thanked: false, archived: false, care: { ...noCare, to_vet: this.#isVetted(args.desk, me), details: args.details.map((given) => ({ ...given, used: false })) },
        })
        put({ entity: 'message', ...entry(args.request, { kind: 'asked' }, { id: args.message, text: args.text, attachments: args.attachments.map((file) => file.id), clip: args.clip, mentions: this.#told(args.request, args.mentions, me, now) }) })
        break
      }
      case 'say':
      case 'answer':
      case 'ask_back': {
        const { args } = command
        const kind = command.kind === 'say' ? 'said' : command.kind === 'answer' ? 'answered' : 'asked_back'
        const { request: id, message, attachments, mentions, ...words } = args
        for (const file of attachments) put({ entity: 'attachment', ...file, request: id, owner: me, state: 'stored', at: now })
        put({ entity: 'message', ...entry(id, { kind }, { ...words, id: message, attachments: attachments.map((file) => file.id), mentions: this.#told(id, mentions, me, now) }) })
        request(id, (old) => {
          if (old.asker === me) return old.state === 'solved' ? { state: old.owner ? 'accepted' : 'open' } : old.state === 'waiting_asker' ? { state: 'accepted' } : {}
          const owner = old.owner ?? me
          if (kind === 'answered') return { owner, state: 'answered', answered_at: now, first_response_at: old.first_response_at ?? now }
          if (kind === 'asked_back') return { owner, state: 'waiting_asker', first_response_at: old.first_response_at ?? now }
          return {}
        })
        break
      }
      case 'take': request(command.args.request, (old) => ({ owner: me, state: 'accepted', care: { ...old.care, to_vet: false } })); event(command.args.request, { what: 'taken' }); break
      case 'give_back': request(command.args.request, () => ({ owner: null, state: 'open' })); event(command.args.request, { what: 'given_back' }); break
      case 'plan': case 'wait_for_other': case 'go_on': case 'offer_hand_over': case 'take_over': case 'decline_hand_over': case 'take_back_hand_over': case 'confirm': case 'follow_up_done': case 'leave_request': case 'join_request':
      case 'promise_callback': case 'callback_done': case 'mark_critical': case 'review_critical': case 'forward': case 'point_next_time': {
        const { args } = command
        const before = this.get('request', args.request)
        const done = before && careOf(command, before, this.get('desk', before.desk)?.owner ?? before.asker, me, now)
        if (!done) break
        request(args.request, () => done.change)
        put({ entity: 'message', ...entry(args.request, { kind: 'event', event: done.event }, { text: done.words }) })
        break
      }
      case 'block_by': {
        const { request: id, blocker } = command.args
        request(id, (old) => ({ ...(old.owner === me && old.state === 'accepted' && { state: 'waiting_other' as const }), care: { ...old.care, blocked_by: [...old.care.blocked_by, blocker] } }))
        event(id, { what: 'care', step: { step: 'blocked_by', request: blocker } })
        break
      }
      case 'unblock': {
        const { request: id, blocker } = command.args
        request(id, (old) => {
          const blocked_by = old.care.blocked_by.filter((one) => one !== blocker)
          return { ...(blocked_by.length === 0 && old.state === 'waiting_other' && old.care.waiting_for === '' && { state: 'accepted' as const }), care: { ...old.care, blocked_by } }
        })
        event(id, { what: 'care', step: { step: 'block_taken_back', request: blocker } })
        break
      }
      case 'merge': {
        const { request: id, into } = command.args
        const [merged, kept] = [this.get('request', id), this.get('request', into)]
        if (!merged || !kept) break
        const waits = [merged.asker, ...merged.care.joined].filter((one) => one !== kept.asker && !kept.care.joined.includes(one))
        request(into, (old) => ({ asked_at: Math.min(old.asked_at, merged.asked_at), care: { ...old.care, joined: [...old.care.joined, ...waits] } }))
        request(id, (old) => ({ state: 'merged', care: { ...old.care, merged_into: into } }))
        event(id, { what: 'care', step: { step: 'merged_into', request: into } })
        event(into, { what: 'care', step: { step: 'merged_in', request: id } })
        break
      }
      case 'ask_for_clip': request(command.args.request, (old) => ({ clip_wanted_by: me, owner: old.owner ?? me, state: 'waiting_asker' })); event(command.args.request, { what: 'clip_wanted' }); break
      case 'set_urgency': request(command.args.request, () => ({ urgency: command.args.urgency })); event(command.args.request, { what: 'urgency_now', urgency: command.args.urgency }); break
      case 'open_to_desk': request(command.args.request, () => ({ private_with: null })); event(command.args.request, { what: 'opened_to_desk' }); break
      case 'solve': request(command.args.request, () => ({ state: 'solved', solved_at: now })); event(command.args.request, { what: 'solved' }); break
      case 'reopen': request(command.args.request, (old) => ({ state: old.owner ? 'accepted' : 'open' })); event(command.args.request, { what: 'reopened' }); break
      case 'withdraw': request(command.args.request, () => ({ state: 'withdrawn' })); event(command.args.request, { what: 'withdrawn' }); break
      case 'thank': request(command.args.request, () => ({ thanked: true })); event(command.args.request, { what: 'thanked' }); break
      case 'delete_message': {
        const old = this.get('message', command.args.message)
        if (old) put({ ...old, text: '', attachments: [], clip: null, deleted: true })
        break
      }
      case 'delete_clip': {
        const old = this.get('clip', command.args.clip)
        if (old) put({ ...old, state: 'deleted' } satisfies { entity: 'clip' } & Clip)
        break
      }
      case 'cut_clip': {
        const old = this.get('clip', command.args.clip)
        const duration_ms = command.args.keep.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0)
        if (old) put({ ...old, version: old.version + 1, duration_ms, poster: false, sprite: null } satisfies { entity: 'clip' } & Clip)
        break
      }
      case 'convert_clip': {
        const old = this.get('clip', command.args.clip)
        if (old) put({ ...old, conversion: 'asked' } satisfies { entity: 'clip' } & Clip)
        break
      }
      case 'ring': {
        const { args } = command
        put({
          entity: 'call', id: args.call, request: args.request, caller: me, callee: args.callee, then: args.then, before: [], state: 'ringing', silent: false,
          wants_callback: args.wants_callback, room: 'demo', joined: [], outcome: '', rang_at: now, accepted_at: null, joined_at: null, ended_at: null, still_asked_at: null,
        })
        break
      }
      case 'accept_call': this.#call(command.args.call, { state: 'accepted', accepted_at: now }, put); break
      case 'answer_soon': this.#call(command.args.call, { state: 'soon' }, put); break
      case 'decline_call': this.#call(command.args.call, { state: 'declined', ended_at: now }, put); break
      case 'cancel_call': this.#call(command.args.call, { state: 'cancelled', ended_at: now }, put); break
      case 'join_call': this.#call(command.args.call, { state: 'joined', joined_at: now, joined: [me] }, put); break
      case 'end_call': {
        const call = this.#call(command.args.call, { state: 'ended', ended_at: now, outcome: command.args.outcome }, put)
        if (call?.request) {
          put({ entity: 'message', ...entry(call.request, { kind: 'event', event: { what: 'call', call: call.id, step: { step: 'ended', seconds: Math.round((now - (call.joined_at ?? now)) / 1000) } } }, { text: command.args.outcome }) })
        }
        break
      }
      case 'still_talking': this.#call(command.args.call, { still_asked_at: null }, put); break
      case 'set_status': {
        const old = this.get('person', me)
        if (old) put({ ...old, status: command.args.status, status_at: now, status_until: command.args.status === 'available' ? null : command.args.until, status_unconfirmed: false })
        break
      }
      case 'set_calendar': {
        const old = this.get('person', me)
        if (old) put({ ...old, calendar: command.args.source ? 'unread' : 'none', busy_until: null })
        break
      }
      case 'set_quiet_hours': {
        const old = this.get('person', me)
        if (old) put({ ...old, quiet: command.args.hours, quiet_now: false })
        break
      }
      case 'describe_self': {
        const old = this.get('person', me)
        if (old) put({ ...old, ...command.args })
        break
      }
      case 'arrange_desk': {
        const old = this.get('desk', command.args.desk)
        if (old) put({ ...old, service: command.args.service })
        break
      }
      case 'set_rota': {
        const old = this.get('desk', command.args.desk)
        if (old) put({ ...old, rota: command.args.slots, gaps: [] })
        break
      }
      case 'edit_profile': {
        const old = this.get('person', me)
        if (old) put({ ...old, ...command.args })
        break
      }
      case 'deactivate':
      case 'reactivate': {
        const old = this.get('person', command.args.person)
        if (old) put({ ...old, active: command.kind === 'reactivate' })
        break
      }
      case 'set_role': {
        const old = this.get('person', command.args.person)
        if (old) put({ ...old, role: command.args.role })
        break
      }
      case 'make_invite': {
        const { invite, uses, days, ...rest } = command.args
        put({ entity: 'invite', id: invite, ...rest, uses_left: uses, expires_at: now + days * 86_400_000, made_by: me, revoked: false })
        break
      }
      case 'revoke_invite': {
        const old = this.get('invite', command.args.invite)
        if (old) put({ ...old, revoked: true })
        break
      }
      case 'open_desk': {
        const { desk, ...rest } = command.args
        put({ entity: 'desk', id: desk, ...rest, provider: null, review_before_upload: false, system_sound: null, closed: false, ...newDesk })
        break
      }
      case 'edit_desk': {
        const { desk, ...rest } = command.args
        const old = this.get('desk', desk)
        if (old) put({ ...old, ...rest })
        break
      }
      case 'allow_system_sound': {
        const old = this.get('desk', command.args.desk)
        if (old) put({ ...old, system_sound: { reason: command.args.reason, by: me, since: now } })
        break
      }
      case 'forbid_system_sound': {
        const old = this.get('desk', command.args.desk)
        if (old) put({ ...old, system_sound: null })
        break
      }
      case 'edit_org': put({ entity: 'org', ...command.args }); break
      default: break
    }
    return changed.map((entity) => ({ put: entity }))
  }

  #told(id: string, { whom, reason }: NewMentions, me: PersonId, now: number): Message['mentions'] {
    const request = this.get('request', id)
    if (!request) return NO_MENTIONS
    const rows = {
      people: new Map(this.all().flatMap((one) => (one.entity === 'person' ? [[one.id, one]] : []))), desks: new Map(this.all().flatMap((one) => (one.entity === 'desk' ? [[one.id, one]] : []))),
      org: this.all().find((one) => one.entity === 'org'),
    }
    const { tells, told } = audienceOf(rows, aboutRequest(request), me, whom, now)
    return { whom, reason, tells, told }
  }

  #isVetted(id: string, me: PersonId): boolean {
    const desk = this.get('desk', id)
    return desk?.audience === 'vetted' && !desk.service.vetters.includes(me) && desk.helpers.kind === 'these' && !desk.helpers.people.includes(me)
  }

  #call(id: string, change: Partial<Row<'call'>>, put: (entity: Entity) => void): Row<'call'> | undefined {
    const old = this.get('call', id)
    if (!old) return undefined
    const fresh = { ...old, ...change }
    put(fresh)
    return fresh
  }
}
