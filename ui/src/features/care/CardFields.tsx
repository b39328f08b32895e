/** The note that goes with a request to whoever works on it next: four lines, two of which have to be there. */

import { useState } from 'react'
import { TextField } from '../../kit'
import type { NewCard, Request } from '../../protocol/wire'
import { text } from '../../text'
import { apart, useMask, type Mask } from '../composer/MaskLine'
import { title } from '../request/awaited'

/** The note as it is typed, begun with what the last one said, so that nobody writes it twice; and as it is sent. */
export function useCard(request: Request): { card: NewCard; masked: NewCard; mask: Mask; isComplete: boolean; write: (field: keyof NewCard) => (value: string) => void } {
  const { card: last } = request.care
  const [card, setCard] = useState<NewCard>({ summary: last?.summary || title(request), tried: last?.tried ?? '', impact: last?.impact ?? '', needed: last?.needed ?? '' })
  const write = (field: keyof NewCard) => (value: string) => setCard((old) => ({ ...old, [field]: value }))
  const mask = useMask(apart([card.summary, card.tried, card.impact, card.needed]), { ibansMayStay: false })
  const masked = { summary: mask.of(card.summary), tried: mask.of(card.tried), impact: mask.of(card.impact), needed: mask.of(card.needed) }
  return { card, masked, mask, write, isComplete: card.summary.trim() !== '' && card.needed.trim() !== '' }
}

export function CardFields({ card, write }: { card: NewCard; write: (field: keyof NewCard) => (value: string) => void }) {
  return (
    <>
      <TextField label={text.owed.note.summary} value={card.summary} onChange={write('summary')} />
      <TextField label={text.owed.note.tried} value={card.tried} onChange={write('tried')} rows={2} />
      <TextField label={text.owed.note.impact} value={card.impact} onChange={write('impact')} />
      <TextField label={text.owed.note.needed} value={card.needed} onChange={write('needed')} autoFocus />
    </>
  )
}
