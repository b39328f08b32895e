/**
 * What will be masked in the words being typed, said before they leave (rules.md 4.6). Card numbers, codes and IBANs
 * always are; phone numbers and addresses are pointed out, and one button masks them too.
 */

import { useMemo, useState } from 'react'
import { ShieldCheck } from 'lucide-react'
import { Button, Note } from '../../kit'
import { isMasked, mask, type FindKind } from '../../masking'
import { useReplica } from '../../replica/hooks'
import { list, text } from '../../text'

export interface Mask {
  /** The words as they will be sent. */
  masked: string
  /** Other words, masked in the same way. */
  of: (words: string) => string
  always: readonly FindKind[]
  readable: readonly FindKind[]
  all: boolean
  setAll: (all: boolean) => void
}

export function useMask(words: string): Mask {
  const exempt = useReplica((replica) => replica.org?.exempt_numbers)
  const [all, setAll] = useState(false)
  return useMemo(() => {
    const masks = (kind: FindKind) => all || isMasked(kind)
    const of = (words: string) => mask(words.trim(), exempt ?? [], masks).text
    const { text: masked, finds } = mask(words.trim(), exempt ?? [], masks)
    const kinds = [...new Set(finds.map((one) => one.kind))]
    return { masked, of, always: kinds.filter(isMasked), readable: kinds.filter((kind) => !isMasked(kind)), all, setAll }
  }, [words, exempt, all])
}

export function MaskLine({ mask }: { mask: Mask }) {
  if (mask.always.length === 0 && mask.readable.length === 0) return null
  const names = (kinds: readonly FindKind[]) => list(kinds.map((kind) => text.masks.kind[kind]))
  return (
    <Note
      role="status"
      icon={<ShieldCheck />}
      action={
        mask.readable.length > 0 && (
          <Button small tone="quiet" onPress={() => mask.setAll(!mask.all)}>
            {mask.all ? text.masks.showAgain : text.masks.maskToo}
          </Button>
        )
      }
    >
      {mask.always.length > 0 && `${text.masks.masked(names(mask.always))} `}
      {mask.readable.length > 0 && (mask.all ? text.masks.maskedToo : text.masks.outlined(names(mask.readable)))}
    </Note>
  )
}
