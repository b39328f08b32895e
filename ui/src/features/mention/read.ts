/** Which threads this person has read since words there named them. Kept on this machine, like a draft. */

import type { Host } from '../../host/host'
import type { RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

const KEPT = 'read'

/** What was read here before. */
export function recallRead({ host, replica }: { host: Pick<Host, 'drafts'>; replica: Replica }): void {
  replica.read(kept(host))
}

/** The thread was read so far; only worth keeping where words in it name this person. */
export function keepRead({ host, replica }: { host: Pick<Host, 'drafts'>; replica: Replica }, request: RequestId): void {
  const message = replica.messages.get(replica.thread(request).at(-1) ?? ('' as never))
  if (!message || !replica.named.has(request)) return
  replica.read([[request, message.at]])
  const known = kept(host).filter(([id]) => id !== request && replica.requests.has(id))
  host.drafts.put(KEPT, JSON.stringify([...known, [request, message.at]]))
}

function kept({ drafts }: Pick<Host, 'drafts'>): [RequestId, number][] {
  try {
    const read: unknown = JSON.parse(drafts.get(KEPT) || '[]')
    return Array.isArray(read) ? read : []
  } catch {
    return []
  }
}
