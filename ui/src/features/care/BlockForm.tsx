/** What a request waits for: found by words, ticket or name, or by a link that is pasted. What would make both wait for ever can't be chosen, and says why. */

import { useMemo, useState } from 'react'
import { Search } from 'lucide-react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { Note, TextField } from '../../kit'
import type { Request, RequestId } from '../../protocol/wire'
import { useCommands, useMe, useNow, useReplica, useWorld } from '../../replica/hooks'
import { ago, firstName, text } from '../../text'
import { awaited, title } from '../request/awaited'
import type { Alike } from './alike'
import { candidates, linked, waitsFor } from './blocked'
import { Form } from './Form'
import styles from './Care.module.css'

/** More than anybody reads; searching finds the rest. */
const MOST = 20
const words = text.block

export function BlockForm({ request, onClose }: { request: Request; onClose: () => void }) {
  const { replica } = useWorld()
  const commands = useCommands()
  const [query, setQuery] = useState('')
  const [chosen, choose] = useState<RequestId | undefined>()
  // Ranked once: what one is about to choose must not move under the pointer.
  const [all] = useState(() => candidates(request, replica.requests))
  const version = useReplica((replica) => replica.requestsVersion)
  const link = linked(query)
  // oxlint-disable-next-line react/exhaustive-deps
  const shown = useMemo(() => sought(all, query, link, (id) => replica.people.get(id)?.name ?? ''), [all, query, link, replica, version])
  const blocker = shown.find((one) => one.request.id === chosen)?.request
  const isCircle = (id: RequestId) => waitsFor(id, request.id, replica.requests)
  const mine = link === request.id
  return (
    <Form hint={words.hint} sendLabel={words.send} isReady={blocker !== undefined && !isCircle(blocker.id)} onSend={async () => blocker && commands.blockBy({ request: request.id, blocker: blocker.id })} onClose={onClose}>
      <TextField label={words.search} quietLabel placeholder={words.search} value={query} onChange={setQuery} start={<Search />} autoFocus />
      {shown.length === 0 ? (
        <Note role="status">{mine ? words.itself : link ? words.unseen : all.length === 0 ? words.none : words.noneFound}</Note>
      ) : (
        <RadioGroup value={chosen ?? null} onChange={(id) => choose(id as RequestId)}>
          <Label className="unseen">{words.list}</Label>
          <div className={styles.alikes}>
            {shown.map((one) => (
              <Candidate key={one.request.id} one={one} circle={isCircle(one.request.id)} />
            ))}
          </div>
        </RadioGroup>
      )}
      {blocker && !isCircle(blocker.id) && <div className={styles.what} role="status"><p>{words.what}</p></div>}
    </Form>
  )
}

function Candidate({ one: { request, sameTicket }, circle }: { one: Alike; circle: boolean }) {
  const { replica } = useWorld()
  const me = useMe()
  const now = useNow()
  const asker = request.asker === me ? text.common.youFirst : firstName(replica.people.get(request.asker)?.name ?? text.common.someone)
  return (
    <Radio value={request.id} className={styles.alike ?? ''} isDisabled={circle}>
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.alikeTitle}>{title(request)}</span>
      <span className={styles.alikeFacts}>
        <span>{text.merge.asked(asker, ago(request.asked_at, now))}</span>
        <span>{circle ? words.circle : awaited(request, replica, me).words}</span>
        <span>{replica.desks.get(request.desk)?.name}</span>
        {sameTicket && request.ticket && <strong>{text.merge.sameTicket(request.ticket.label)}</strong>}
      </span>
    </Radio>
  )
}

function sought(all: readonly Alike[], query: string, link: RequestId | undefined, name: (id: Request['asker']) => string): Alike[] {
  if (link) return all.filter(({ request }) => request.id === link)
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = ({ request }: Alike) => {
    const written = [request.text, request.ticket?.label ?? '', name(request.asker)].join(' ').toLowerCase()
    return wanted.every((word) => written.includes(word))
  }
  return all.filter(fits).slice(0, MOST)
}
