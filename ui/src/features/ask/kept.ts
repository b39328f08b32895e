/**
 * What belongs to the question besides its words and pictures, while its panel is away: a clip waits in the drafts, because
 * it is recorded, and found again after a crash, without any window.
 */

import type { Host } from '../../host/host'
import type { ClipId, Urgency } from '../../protocol/wire'

/** The draft that holds the id of the clip recorded for the question. `crates/app` writes it when a recording begins. */
const CLIP = 'ask:clip'

export function clipOfDraft(host: Host): ClipId | undefined {
  return (host.drafts.get(CLIP) as ClipId) || undefined
}

export function forgetClip(host: Host): void {
  host.drafts.put(CLIP, '')
}

/** How soon the question needs an answer, for the recorder that was opened out of it; another window of the app. */
const URGENCY = 'ask:urgency'

export function urgencyOfDraft(host: Pick<Host, 'drafts'>): Urgency | undefined {
  const kept = host.drafts.get(URGENCY)
  return kept === 'live' || kept === 'today' || kept === 'whenever' ? kept : undefined
}

export function keepUrgency(host: Pick<Host, 'drafts'>, urgency: Urgency | undefined): void {
  if (urgencyOfDraft(host) !== urgency) host.drafts.put(URGENCY, urgency ?? '')
}
