/** Two questions that are one: which is the same, and what becomes of whoever waits, said before it is done. */

import { useMemo, useState } from 'react'
import { Search } from 'lucide-react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { go } from '../../app/router'
import { TextField, toast } from '../../kit'
import type { Request, RequestId } from '../../protocol/wire'
import { useCommands, useMe, useNow, useReplica, useWorld } from '../../replica/hooks'
import { ago, firstName, list, text } from '../../text'
import { awaited, title } from '../request/awaited'
import { alike, isNoticeable, mayBeSame, type Alike } from './alike'
import { Form } from './Form'
import styles from './Care.module.css'

/** More than anybody reads; searching finds the rest. */
const MOST = 30
const words = text.merge

export function MergeForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const { replica } = useWorld()
  const me = useMe()
  const commands = useCommands()
  const [query, setQuery] = useState('')
  const [chosen, choose] = useState<RequestId | undefined>()
  // Ranked once: what one is about to choose must not move under the pointer. What changed meanwhile is shown as it is.
  const [ranked] = useState(() => alike(request, replica.requests.values()))
  const version = useReplica((replica) => replica.requestsVersion)
  const all = useMemo(
    () => ranked.flatMap((one) => { const now = replica.requests.get(one.request.id); return now && mayBeSame(request, now) ? [{ ...one, request: now }] : [] }),
    // oxlint-disable-next-line react/exhaustive-deps
    [ranked, request, replica, version],
  )
  const shown = useMemo(() => sought(all, query, (id) => replica.people.get(id)?.name ?? ''), [all, query, replica])
  // What was chosen and is not shown any more must not be merged unseen.
  const into = shown.find((one) => one.request.id === chosen)?.request
  const name = (id: Request['asker']) => (id === me ? text.common.you : firstName(replica.people.get(id)?.name ?? text.common.someone))
  const waiting = [request.asker, ...request.care.joined].filter((id) => into === undefined || (into.asker !== id && into.owner !== id && !into.care.joined.includes(id)))
  const send = async () => into && commands.merge({ request: request.id, into: into.id })
  const sent = () => {
    if (!into) return
    toast({ title: words.done(title(into)) })
    onClose()
    go(`/r/${into.id}`)
  }
  return (
    <Form hint={words.hint} sendLabel={words.send} isReady={into !== undefined} tone="primary" onSend={send} onSent={sent} onClose={onClose}>
      <TextField label={words.search} quietLabel placeholder={words.search} value={query} onChange={setQuery} start={<Search />} autoFocus />
      {shown.length === 0 ? (
        <p>{all.length === 0 ? words.none : words.noneFound}</p>
      ) : (
        <RadioGroup value={chosen ?? null} onChange={(id) => choose(id as RequestId)}>
          <Label className="unseen">{words.list}</Label>
          <div className={styles.alikes}>
            {shown.map((one) => (
              <Candidate key={one.request.id} one={one} name={name(one.request.asker)} />
            ))}
          </div>
        </RadioGroup>
      )}
      {into && (
        <div className={styles.what} role="status">
          {waiting.length > 0 && <p>{words.what(capital(list(waiting.map(name))), waiting.length, title(into))}</p>}
          <p>{words.thread}</p>
          <p className={styles.forGood}>{words.forGood}</p>
        </div>
      )}
    </Form>
  )
}

function Candidate({ one: { request, sameTicket }, name }: { one: Alike; name: string }) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow()
  return (
    <Radio value={request.id} className={styles.alike ?? ''}>
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.alikeTitle}>{title(request)}</span>
      <span className={styles.alikeFacts}>
        <span>{words.asked(capital(name), ago(request.asked_at, now))}</span>
        <span>{awaited(request, replica, me).words}</span>
        {sameTicket && request.ticket && <strong>{words.sameTicket(request.ticket.label)}</strong>}
      </span>
    </Radio>
  )
}

/** Without words those that look alike, or else all; with words those in which every word is found. */
function sought(all: readonly Alike[], query: string, name: (id: Request['asker']) => string): Alike[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) {
    const noticeable = all.filter(isNoticeable)
    return (noticeable.length > 0 ? noticeable : all).slice(0, MOST)
  }
  const fits = ({ request }: Alike) => {
    const written = [request.text, request.ticket?.label ?? '', name(request.asker)].join(' ').toLowerCase()
    return wanted.every((word) => written.includes(word))
  }
  return all.filter(fits).slice(0, MOST)
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
