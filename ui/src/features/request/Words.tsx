/** Words people wrote: addresses become links, masked places and who is mentioned are marked, nothing else is interpreted. */

import { Fragment } from 'react'
import type { Message } from '../../protocol/wire'
import { useMe, useReplica } from '../../replica/hooks'
import { keyOf, namedIn } from '../mention/names'
import marks from '../mention/Mention.module.css'
import styles from './Words.module.css'

const PARTS = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|(\[(?:card|code|IBAN|phone|e-mail)\])/g

export function Words({ text, mentions }: { text: string; mentions?: Named }) {
  return mentions && mentions.whom.length > 0 ? <Naming text={text} mentions={mentions} /> : <Plain text={text} />
}

/** As the message says it, or the command that brings it. */
type Named = Pick<Message['mentions'], 'whom'>

/** Whom the message names is marked where the words say it; a name that has changed since stays plain. */
function Naming({ text, mentions }: { text: string; mentions: Named }) {
  const me = useMe()
  const people = useReplica((replica) => [...replica.people.values()])
  const keys = new Set(mentions.whom.map(keyOf))
  const named = namedIn(text, people).filter(({ mention }) => keys.has(keyOf(mention)))
  const parts: React.ReactNode[] = []
  let at = 0
  for (const { from, to, mention } of named) {
    parts.push(
      <Plain key={at} text={text.slice(at, from)} />,
      <span key={`@${from}`} className={marks.mention} data-me={(mention.kind === 'person' && mention.person === me) || undefined}>
        {text.slice(from, to)}
      </span>,
    )
    at = to
  }
  return (
    <>
      {parts}
      <Plain text={text.slice(at)} />
    </>
  )
}

function Plain({ text }: { text: string }) {
  return text.split(PARTS).map((part, i) => {
    if (!part) return null
    if (/^https?:\/\//.test(part)) {
      return (
        <a key={i} href={part} target="_blank" rel="noreferrer">
          {part.replace(/^https?:\/\//, '')}
        </a>
      )
    }
    if (/^\[.*\]$/.test(part) && i % 3 === 2) {
      return (
        <span key={i} className={styles.mask}>
          {part.slice(1, -1)}
        </span>
      )
    }
    return <Fragment key={i}>{part}</Fragment>
  })
}
