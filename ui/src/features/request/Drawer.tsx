/** Beside the thread: the journey with its times, the people, the pictures. Facts of one request, never of a person. */

import { useCallback } from 'react'
import { Avatar } from '../../kit'
import type { AttachmentId, PersonId, Request } from '../../protocol/wire'
import { useHost, useNow, useReplica, useWorld } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { ago, text, when } from '../../text'
import { toldBy } from '../mention/told'
import styles from './Drawer.module.css'

export function Drawer({ request }: { request: Request }) {
  const { replica } = useWorld()
  const { media } = useHost()
  const now = useNow(15_000)
  const people = useReplica(useCallback((replica: Replica) => peopleOf(replica, request), [request]))
  const pictures = useReplica(useCallback((replica: Replica) => picturesOf(replica, request), [request]))
  const told = useReplica(useCallback((replica: Replica) => toldBy(replica.thread(request.id).flatMap((id) => replica.messages.get(id) ?? [])), [request.id]))
  const steps: [string, number | null][] = [
    [text.request.askedStep, request.asked_at],
    [text.request.firstWords, request.first_response_at],
    [text.request.answeredStep, request.answered_at],
    [text.request.solvedStep, request.solved_at],
  ]
  return (
    <aside className={styles.drawer} aria-label={text.request.details}>
      <h2>{text.request.journey}</h2>
      <ol className={styles.journey}>
        {steps.map(([name, at], i) => (
          <li key={name} data-done={at !== null || undefined}>
            <span>{name}</span>
            <time>{at === null ? '' : i === 0 ? when(at, now) : `+ ${ago(request.asked_at, at) === 'now' ? '0 min' : ago(request.asked_at, at)}`}</time>
          </li>
        ))}
      </ol>
      <h2>{text.request.people}</h2>
      <ul className={styles.people}>
        {people.map((id) => {
          const person = replica.people.get(id)
          const role = id === request.asker ? text.request.asker : id === request.owner ? text.request.owner : ''
          return (
            <li key={id}>
              <Avatar name={person?.name ?? '?'} />
              <span>{person?.name}</span>
              <span className={styles.role}>{role}</span>
            </li>
          )
        })}
      </ul>
      {told > 0 && <p className={styles.figure}>{text.mention.figure(told)}</p>}
      {pictures.length > 0 && (
        <>
          <h2>{text.request.pictures}</h2>
          <ul className={styles.pictures}>
            {pictures.map((id) => (
              <li key={id}>
                <img src={media.attachment(id)} alt={replica.attachments.get(id)?.name ?? ''} loading="lazy" />
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  )
}

function peopleOf(replica: Replica, request: Request): PersonId[] {
  const people = new Set<PersonId>([request.asker, ...(request.owner ? [request.owner] : [])])
  for (const id of replica.thread(request.id)) {
    const author = replica.messages.get(id)?.author
    if (author) people.add(author)
  }
  return [...people]
}

function picturesOf(replica: Replica, request: Request): AttachmentId[] {
  return replica
    .thread(request.id)
    .flatMap((id) => replica.messages.get(id)?.attachments ?? [])
    .filter((id) => {
      const file = replica.attachments.get(id)
      return file?.state === 'stored' && file.mime.startsWith('image/')
    })
}
