/** Words of what a change of a desk does before it is made, and of what was changed. */

const listed = (words: readonly string[]) => new Intl.ListFormat('en-GB').format(words)

const fields: Record<string, string> = {
  name: 'its name', purpose: 'what it is for', owner: 'its owner', helpers: 'who helps', audience: 'who sees what is asked', hours: 'its hours', zone: 'its time zone',
  provider: 'calls', review_before_upload: 'watching clips before upload', system_sound: 'the computer\'s sound in clips', closed: 'whether it is closed', rota: 'who is on duty', guidelines: 'its guidelines',
  hints: 'what it needs from askers', fields: 'what it requires', deputy: 'its deputy', vetters: 'its vetters', special_days: 'special days', standards: 'what it promises',
  wip_limit: 'its limit at once', escalation: 'where it goes when nobody comes', posting: 'who may ask, and when', opened: 'opened',
}

export const affectedWords = {
  affected: {
    requests: (count: number) => (count === 1 ? 'The times of 1 open request are counted anew.' : `The times of ${count} open requests are counted anew.`),
    become: (names: string, many: boolean) => `${names} ${many ? 'help' : 'helps'} here from then on.`,
    noMore: (names: string, many: boolean) => `${names} ${many ? 'do' : 'does'} not help here any more.`,
    gain: (names: string, many: boolean) => `${names} ${many ? 'see' : 'sees'} what is asked here.`,
    lose: (names: string, many: boolean) => `${names} ${many ? 'do' : 'does'} not see it any more, and what they had of it is removed.`,
    askMore: (names: string) => `${names} may ask here more than before.`,
    askLess: (names: string) => `${names} may ask here less than before.`,
    more: (count: number) => `${count} more`,
    fields,
    history: 'What was changed',
    historyHint: 'The newest twenty; everybody who sees the desk can read them.',
    changed: (name: string, changed: readonly string[]) => (changed.includes(fields['opened'] ?? '') ? `${name} opened the desk` : `${name} changed ${listed(changed)}`),
    because: (reason: string) => `, for: ${reason}`,
  },

  ticket: {
    title: (label: string) => `Asked about ${label}`,
    open: (label: string) => `Open ${label}`,
    show: (label: string) => `${label}: what was asked about it`,
    here: 'this one',
    only: 'Nothing else was asked about it, as far as you may see.',
    searching: 'Looking for older ones',
    failed: 'Older ones could not be looked up: only what is here is shown.',
    offline: 'Offline: only what is here is shown',
  },
} as const
