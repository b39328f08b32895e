/**
 * The title of a request's life: what is awaited, from whom, since when. Every view of a request says it in
 * these words. Reads rows only; decides nothing.
 */

import { text, firstName, ago, oneOf } from '../../text'
import type { PersonId, Request } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

export interface Awaited {
  words: string
  /** It is this person's turn. */
  yours: boolean
  /** Since when, in milliseconds since 1970. */
  since: number
}

export function awaited(request: Request, replica: Pick<Replica, 'people' | 'desks' | 'requests'>, me: PersonId): Awaited {
  const name = (id: PersonId | null) => firstName((id && replica.people.get(id)?.name) || text.common.someone)
  const person = (id: PersonId | null) => (id === me ? text.awaited.you : text.awaited.person(name(id)))
  switch (request.state) {
    case 'open': {
      const desk = replica.desks.get(request.desk)
      if (request.care.to_vet && request.private_with === null) {
        const vetters = desk?.service.vetters ?? []
        return { words: text.vet.awaited(oneOf(vetters.map((id) => (id === me ? text.common.you : name(id))))), yours: vetters.includes(me), since: request.asked_at }
      }
      const who = request.private_with?.length === 1 ? person(request.private_with[0] ?? null) : text.awaited.desk(desk?.name ?? '')
      return { words: who, yours: request.asker !== me, since: request.asked_at }
    }
    case 'accepted': {
      // Whoever asked at a vetted desk knows the desk and not its people.
      const desk = replica.desks.get(request.desk)
      const words = desk?.audience === 'vetted' && request.owner !== me ? text.awaited.personAt(name(request.owner), desk.name) : person(request.owner)
      return { words, yours: request.owner === me, since: request.touched_at }
    }
    case 'waiting_asker':
      return { words: person(request.asker), yours: request.asker === me, since: request.touched_at }
    case 'answered': {
      const words = request.asker === me ? text.awaited.answeredYours : text.awaited.answeredFor(name(request.asker))
      return { words, yours: request.asker === me, since: request.answered_at ?? request.touched_at }
    }
    case 'solved':
      return { words: request.care.unconfirmed ? text.awaited.solvedUnconfirmed : text.awaited.solved, yours: false, since: request.solved_at ?? request.touched_at }
    case 'waiting_other':
      return { words: request.care.waiting_for ? text.awaited.forOther(request.care.waiting_for) : blockers(request, replica), yours: request.owner === me, since: request.touched_at }
    case 'merged':
      return { words: text.awaited.merged, yours: false, since: request.touched_at }
    case 'withdrawn':
      return { words: text.awaited.withdrawn, yours: false, since: request.touched_at }
  }
}

/** What it waits for where its owner named no third party; never the title of what one can't see. */
function blockers({ care }: Request, { requests }: Pick<Replica, 'requests'>): string {
  const [first, ...more] = care.blocked_by
  if (!first) return text.awaited.forOther(text.awaited.others)
  if (more.length > 0) return text.block.awaitedMany(more.length + 1)
  const row = requests.get(first)
  return row ? text.block.awaited(title(row)) : text.block.awaitedHidden
}

/** `waiting for Sam for 4 min`. */
export function awaitedLine({ words, since }: Awaited, now: number): string {
  // A question needs no length.
  if (words === text.awaited.answeredYours) return words
  return `${words} ${text.awaited.since(ago(since, now))}`
}

/** First line of what was asked, as the title. */
export function title(request: Request): string {
  return request.text.split('\n')[0] || text.common.loading
}
