/** What was filled in besides the words, kept with the draft: by name, because two desks may ask for the same. */

import type { Host } from '../../host/host'

const DRAFT = 'ask:details'

export type Given = Readonly<Record<string, string>>

export function givenInDraft({ drafts }: Pick<Host, 'drafts'>): Given {
  try {
    const kept: unknown = JSON.parse(drafts.get(DRAFT) || '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch {
    // Of an older version, or damaged: it is asked for again.
    return {}
  }
}

export function keepGiven({ drafts }: Pick<Host, 'drafts'>, given: Given): void {
  const filled = Object.entries(given).filter(([, value]) => value !== '')
  drafts.put(DRAFT, filled.length > 0 ? JSON.stringify(Object.fromEntries(filled)) : '')
}
