/** Whom a change of a desk would affect, said while it is being made: the server looks, and changes nothing. */

import { useEffect, useState } from 'react'
import { UsersRound } from 'lucide-react'
import type { DeskChanging } from '../../host/host'
import { Note } from '../../kit'
import type { Affected, PersonId } from '../../protocol/wire'
import { useHost, useReadable, useWorld } from '../../replica/hooks'
import { firstName, list, text } from '../../text'

/** Nobody reads a sentence that changes with every letter. */
const PAUSE = 400
/** More names than one reads; the rest is a number. */
const MOST = 5
const words = text.affected

/** `changes`: what Save would send, as JSON, so that an equal change is not asked about again; none while there is nothing to save. */
export function AffectedNote({ changes }: { changes: readonly DeskChanging[] | undefined }) {
  const host = useHost()
  const { replica } = useWorld()
  const isOnline = useReadable(host.connection).kind === 'online'
  const [found, setFound] = useState<{ of: string; affected: Affected } | undefined>()
  const key = changes && isOnline ? JSON.stringify(changes) : ''
  useEffect(() => {
    if (!key) return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      Promise.all((JSON.parse(key) as DeskChanging[]).map((change) => host.affected(change, stop.signal))).then(
        (all) => !stop.signal.aborted && setFound({ of: key, affected: together(all) }),
        // What would be refused is said when it is saved.
        () => undefined,
      )
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [host, key])
  const name = (id: PersonId) => (id === replica.me ? text.common.you : firstName(replica.people.get(id)?.name ?? text.common.someone))
  const said = found && found.of === key ? sentences(found.affected, name) : []
  if (said.length === 0) return null
  return (
    <Note role="status" icon={<UsersRound />}>
      {said.join(' ')}
    </Note>
  )
}

export function sentences({ requests, gain_sight, lose_sight, become_helpers, are_helpers_no_more, ask_more, ask_less }: Affected, name: (id: PersonId) => string): string[] {
  const of = (people: readonly PersonId[]) => {
    const names = people.slice(0, MOST).map(name)
    const said = list(people.length > MOST ? [...names, words.more(people.length - MOST)] : names)
    return { names: said.charAt(0).toUpperCase() + said.slice(1), many: people.length > 1 || people[0] === undefined || name(people[0]) === text.common.you }
  }
  const about = (people: readonly PersonId[], say: (names: string, many: boolean) => string) => {
    if (people.length === 0) return []
    const { names, many } = of(people)
    return [say(names, many)]
  }
  return [
    ...(requests > 0 ? [words.requests(requests)] : []),
    ...about(become_helpers, words.become),
    ...about(are_helpers_no_more, words.noMore),
    ...about(gain_sight, words.gain),
    ...about(lose_sight, words.lose),
    ...about(ask_more, words.askMore),
    ...about(ask_less, words.askLess),
  ]
}

/** Two commands of one button are one change. */
function together(all: readonly Affected[]): Affected {
  const union = (pick: (one: Affected) => readonly PersonId[]) => [...new Set(all.flatMap(pick))]
  return {
    requests: Math.max(0, ...all.map(({ requests }) => requests)),
    gain_sight: union((one) => one.gain_sight),
    lose_sight: union((one) => one.lose_sight),
    become_helpers: union((one) => one.become_helpers),
    are_helpers_no_more: union((one) => one.are_helpers_no_more),
    ask_more: union((one) => one.ask_more),
    ask_less: union((one) => one.ask_less),
  }
}
