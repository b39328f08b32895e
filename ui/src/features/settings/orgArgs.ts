/** The organisation is changed as a whole; this keeps what a page does not show as it is now. */

import type { EditOrg, Org } from '../../protocol/wire'

export function editOf(org: Org, change: Partial<EditOrg>): EditOrg {
  const { name, zone, provider, ticket_patterns, deny_windows, exempt_numbers, keep_media_days, browser_clips, mask_contacts } = org
  return { name, zone, provider, ticket_patterns, deny_windows, exempt_numbers, keep_media_days, browser_clips, mask_contacts, ...change }
}
