/** How many people the words of a thread have told: a figure of the request, which names nobody (pure). */

import type { Message, PersonId } from '../../protocol/wire'

/** Everybody once; where everyone was told, as many as that were. What was deleted tells nobody any more. */
export function toldBy(messages: Iterable<Pick<Message, 'mentions'>>): number {
  const people = new Set<PersonId>()
  let everyone = 0
  for (const { mentions } of messages) {
    if (mentions.tells.kind === 'everyone') everyone = Math.max(everyone, mentions.told)
    else for (const person of mentions.tells.people) people.add(person)
  }
  return Math.max(everyone, people.size)
}
