/** Ticket patterns as they are typed: what the server would refuse, said at once, and tools that come ready. */

import type { TicketPattern } from '../../protocol/wire'

export const TOOLS: readonly { name: string; pattern: TicketPattern }[] = [
  { name: 'Zendesk', pattern: { label: 'ZD', address: 'https://*.zendesk.com/agent/tickets/{id}', title: '' } },
  { name: 'Freshdesk', pattern: { label: 'FD', address: 'https://*.freshdesk.com/a/tickets/{id}', title: '' } },
  { name: 'Jira', pattern: { label: 'JIRA', address: 'https://*.atlassian.net/browse/{id}', title: '[{id}] *' } },
  { name: 'Salesforce', pattern: { label: 'SF', address: 'https://*.lightning.force.com/lightning/r/Case/{id}', title: '' } },
]

export type PatternProblem = 'label' | 'one' | 'https' | 'host' | 'stars' | 'either'

export interface PatternProblems {
  label?: PatternProblem
  address?: PatternProblem
  title?: PatternProblem
}

export function checkPattern({ label, address, title }: TicketPattern): PatternProblems {
  const problems: PatternProblems = {}
  if (label.trim() === '' || [...label.trim()].length > 20) problems.label = 'label'
  if (address.trim() === '' && title.trim() === '') problems.address = 'either'
  const [inAddress, inTitle] = [checkPart(address.trim()) ?? checkAddress(address.trim()), checkPart(title.trim())]
  if (address.trim() !== '' && inAddress) problems.address = inAddress
  if (title.trim() !== '' && inTitle) problems.title = inTitle
  return problems
}

function checkPart(part: string): PatternProblem | undefined {
  if (part.split('{id}').length !== 2) return 'one'
  return part.split('*').length > 5 ? 'stars' : undefined
}

function checkAddress(address: string): PatternProblem | undefined {
  if (!address.startsWith('https://')) return 'https'
  const host = address.slice('https://'.length).split(/[/?#]/)[0] ?? ''
  const labels = host.split('.').toReversed()
  const free = labels.findIndex((label) => label === '' || /[*{]/.test(label))
  return (free < 0 ? labels.length : free) >= 2 ? undefined : 'host'
}

export function isFine(pattern: TicketPattern): boolean {
  return Object.keys(checkPattern(pattern)).length === 0
}
