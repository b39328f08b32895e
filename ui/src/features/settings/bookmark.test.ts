/** The bookmark, run as a browser runs it: what the app is handed is the address of the page, whole. */

import { expect, test } from 'vitest'
import { BOOKMARK } from './bookmark'

test('the page it is clicked on arrives in the deep link, also with what an address may hold', () => {
  const page = 'https://numbra.zendesk.com/agent/tickets/4711?tab=a&note=caf\u00e9%20%26#reply'
  const location = { href: page }
  // oxlint-disable-next-line no-new-func
  new Function('location', BOOKMARK.slice('javascript:'.length))(location)
  const link = new URL(location.href)
  expect([link.protocol, link.host]).toEqual(['deskside:', 'ask'])
  expect([...link.searchParams]).toEqual([['ticket', page]])
})
