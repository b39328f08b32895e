/** The bar of a call one is part of: whom, how it stands, what can be done; when it is over, one line says what came of it. */

import { useCallback, useEffect, useState } from 'react'
import { ExternalLink, Phone, PhoneOff } from 'lucide-react'
import { attempt, tellProblem } from '../../app/attempt'
import { Avatar, Button } from '../../kit'
import type { Call, CallId, PersonId } from '../../protocol/wire'
import { useCommands, useHost, useMe, useNow, usePerson, useReadable, useReplica } from '../../replica/hooks'
import type { Replica } from '../../replica/replica'
import { clock, firstName, text } from '../../text'
import { maskKey, MaskLine, useMask } from '../composer/MaskLine'
import { shares } from './actions'
import styles from './CallBar.module.css'

export function CallBar() {
  const me = useReplica((replica) => replica.me)
  const id = useReplica(useCallback((replica: Replica) => mineNow(replica, me), [me]))
  return id ? <Bar key={id} id={id} /> : null
}

function Bar({ id }: { id: CallId }) {
  const host = useHost()
  const commands = useCommands()
  const me = useMe()
  const now = useNow(1000)
  const call = useReplica(useCallback((replica: Replica) => replica.calls.get(id), [id]))
  const otherId: PersonId | undefined = call && (call.caller === me ? call.callee : call.caller)
  const other = usePerson(otherId)
  const isShare = useReadable(shares).includes(id)
  const [ending, setEnding] = useState(false)
  const [outcome, setOutcome] = useState('')
  const mask = useMask(outcome, { ibansMayStay: false })
  useEffect(() => {
    if (ending) document.getElementById('outcome')?.focus()
  }, [ending])
  if (!call) return null
  const name = firstName(other?.name ?? '')
  const open = async () => {
    try {
      const link = await host.callLink(id)
      // A browser can't know whether an app would answer; a page always does.
      host.open(host.capabilities.get().openApps.can && link.app ? link.app : link.web, link.web)
      await commands.joinCall({ call: id })
    } catch (error) {
      tellProblem(error)
    }
  }
  const talking = call.joined_at ? now - call.joined_at : 0

  return (
    <section className={styles.bar} aria-label={text.keys.call} data-state={call.state}>
      <span className={styles.faces}>
        <Avatar name={other?.name ?? '?'} size="l" />
        {call.state === 'joined' && <span className={styles.live} aria-hidden="true" />}
      </span>
      <span className={styles.words} role="status">
        <strong>{wordsFor(call, name, me)}</strong>
        {isShare && (call.state === 'accepted' || call.state === 'joined') && <span className={styles.hint}>{text.call.share}</span>}
        <time>{call.state === 'joined' ? clock(talking) : call.state === 'ringing' ? clock(now - call.rang_at) : ''}</time>
      </span>
      {ending ? (
        <form
          className={styles.ending}
          onKeyDown={maskKey(mask)}
          onSubmit={(event) => {
            event.preventDefault()
            attempt(commands.endCall({ call: id, outcome: mask.masked }))
          }}
        >
          <input id="outcome" className={styles.outcome} value={outcome} aria-label={text.call.outcome} placeholder={`${text.call.outcome} ${text.call.outcomeHint}`} onChange={(event) => setOutcome(event.target.value)} onKeyDown={(event) => event.key === 'Escape' && setEnding(false)} />
          <Button type="submit" small tone="primary" keys="Enter">
            {text.call.done}
          </Button>
          <MaskLine mask={mask} />
        </form>
      ) : (
        <span className={styles.actions}>
          {call.still_asked_at && (
            <Button small onPress={() => attempt(commands.stillTalking({ call: id }))}>
              {text.call.stillTalking} {text.call.stillYes}
            </Button>
          )}
          {(call.state === 'accepted' || call.state === 'joined') && (
            <Button small tone={call.joined.includes(me) ? 'plain' : 'primary'} icon={<ExternalLink />} onPress={() => void open()}>
              {call.joined.includes(me) ? text.call.openAgain : text.call.open}
            </Button>
          )}
          {call.state === 'ringing' || call.state === 'soon' ? (
            <Button small icon={<PhoneOff />} onPress={() => attempt(commands.cancelCall({ call: id }))}>
              {text.call.stop}
            </Button>
          ) : (
            <Button small icon={<Phone />} onPress={() => setEnding(true)}>
              {text.call.done}
            </Button>
          )}
        </span>
      )}
    </section>
  )
}

function wordsFor(call: Call, name: string, me: PersonId): string {
  switch (call.state) {
    case 'ringing': return call.wants_callback ? text.call.asking(name) : text.call.ringing(name)
    case 'soon': return text.call.soon(name)
    case 'accepted': return call.callee === me ? text.call.acceptedYou : text.call.accepted(name)
    case 'joined': return text.call.joined(name)
    default: return text.call.state[call.state]
  }
}

/** The call this person is in or is making; one that rings them is the ring card's. */
function mineNow(replica: Replica, me: PersonId | undefined): CallId | undefined {
  for (const call of replica.calls.values()) {
    if (call.state === 'accepted' || call.state === 'joined') {
      if (call.caller === me || call.callee === me) return call.id
    } else if ((call.state === 'ringing' || call.state === 'soon') && call.caller === me) return call.id
  }
  return undefined
}
