/** Whether a clip has to be watched before anything of it leaves. The app asks its own replica the same. */

import type { RequestId } from '../../protocol/wire'
import type { Replica } from '../../replica/replica'

/** For a question that is not asked yet any desk may be chosen later, so one that demands it is enough. */
export function isReviewDemanded(replica: Replica, request: RequestId | undefined): boolean {
  const row = request && replica.requests.get(request)
  const desk = row && replica.desks.get(row.desk)
  if (desk) return desk.review_before_upload
  return [...replica.desks.values()].some((one) => one.review_before_upload && !one.closed)
}
