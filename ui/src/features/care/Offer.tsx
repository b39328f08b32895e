/** A hand-off that waits: its note, and for those it is offered to, Take over or Decline. The giver keeps it until then. */

import { useState } from 'react'
import { Handshake } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { SavingNote, useSaving } from '../../app/saving'
import { Button, Note, TextField } from '../../kit'
import type { HandOver, Request } from '../../protocol/wire'
import { useCommands, useMe, usePerson, useReplica } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { maskKey, MaskLine, useMask } from '../composer/MaskLine'
import { helpsAt } from '../inbox/groups'
import { CardFacts } from './CardNote'
import styles from './Owed.module.css'

export function Offer({ request, offer }: { request: Request; offer: HandOver }) {
  const me = useMe()
  const commands = useCommands()
  const giver = usePerson(offer.from)
  const person = usePerson(offer.person)
  const desk = useReplica((replica) => replica.desks.get(offer.desk))
  const [declining, setDeclining] = useState(false)
  const [why, setWhy] = useState('')
  const id = request.id
  const words = text.owed.offered
  const isGiver = offer.from === me
  const isTaker = !isGiver && request.asker !== me && (offer.person ? offer.person === me : helpsAt(desk, me))
  const place = offer.person === me ? words.you : person ? firstName(person.name) : (desk?.name ?? '')
  const mask = useMask(why, { ibansMayStay: false })
  const { saving, save } = useSaving()
  const isSending = saving.kind === 'sending'
  const decline = () => why.trim() !== '' && !isSending && save(commands.declineHandOver({ request: id, reason: mask.masked }), () => setDeclining(false))
  return (
    <section className={styles.offer} aria-label={text.owed.note.label}>
      <Note
        role="status"
        icon={<Handshake />}
        action={
          <span className={styles.actions}>
            {isTaker && (
              <>
                <Button small tone="primary" onPress={() => attempt(commands.takeOver({ request: id }))}>
                  {words.takeOver}
                </Button>
                <Button small onPress={() => setDeclining(!declining)}>{words.decline}</Button>
              </>
            )}
            {isGiver && <Button small onPress={() => attempt(commands.takeBackHandOver({ request: id }))}>{words.keep}</Button>}
          </span>
        }
      >
        {isGiver ? words.byYou(place) : isTaker ? words.toYou(firstName(giver?.name ?? ''), place) : words.other(firstName(giver?.name ?? ''), place)}
      </Note>
      {request.care.card && <CardFacts card={request.care.card} />}
      {declining && (
        <form
          className={styles.why}
          onKeyDown={maskKey(mask)}
          onSubmit={(event) => {
            event.preventDefault()
            decline()
          }}
        >
          <TextField label={words.why} hint={words.whyHint} value={why} onChange={setWhy} autoFocus />
          <Button small type="submit" isDisabled={why.trim() === '' || isSending}>{words.decline}</Button>
          <MaskLine mask={mask} />
          {(isSending || saving.kind === 'refused') && <SavingNote saving={saving} />}
        </form>
      )}
    </section>
  )
}
