import { describe, expect, it } from 'vitest'
import { minutes } from '../../hours/typed'
import { ALWAYS, OFFICE, copied, hoursOf, nextStretch, problemOf, summary, weekOf } from './hours'
import { checkPattern, isFine, TOOLS } from './patterns'
import { checkPersonalLink, checkProvider, encode, preview, type Example } from './provider'
import { fingerprint, freshSecret, inviteLink } from './secret'

describe('opening hours', () => {
  it.each([
    ['8', 480], ['08:00', 480], ['0800', 480], ['17.30', 1050], ['17h30', 1050], ['9h', 540], ['24:00', 1440], [' 7:05 ', 425],
    ['', undefined], ['24:01', undefined], ['8:60', undefined], ['8:5', undefined], ['noon', undefined], ['-1', undefined], ['123456', undefined],
  ])('%j is %j minutes', (typed, expected) => expect(minutes(typed)).toBe(expected))

  it('survive being shown and read again', () => {
    const hours = [{ weekday: 1, from: 480, to: 720 }, { weekday: 1, from: 780, to: 1020 }, { weekday: 7, from: 0, to: 1440 }]
    expect(hoursOf(weekOf(hours))).toEqual(hours)
  })

  it('are not kept while something is wrong', () => {
    expect(hoursOf([[{ from: '9', to: '' }], [], [], [], [], [], []])).toBeUndefined()
    expect(problemOf([{ from: '12', to: '9' }], 0)).toBe('order')
    const day = [{ from: '9', to: '12' }, { from: '11', to: '15' }]
    expect([problemOf(day, 0), problemOf(day, 1)]).toEqual([undefined, 'overlap'])
    const same = [{ from: '9', to: '12' }, { from: '9', to: '12' }]
    expect([problemOf(same, 0), problemOf(same, 1)]).toEqual([undefined, 'overlap'])
  })

  it('may touch', () => expect(problemOf([{ from: '9', to: '12' }, { from: '12', to: '15' }], 1)).toBeUndefined())

  it('are copied to other days', () => {
    const week = copied([[{ from: '8', to: '9' }], [], [], [], [], [], []], 0, [1, 2])
    expect(week.map((day) => day.length)).toEqual([1, 1, 1, 0, 0, 0, 0])
  })

  it('grow by the stretch one means', () => {
    expect(nextStretch([])).toEqual({ from: '09:00', to: '17:00' })
    expect(nextStretch([{ from: '08:00', to: '12:00' }])).toEqual({ from: '13:00', to: '17:00' })
    expect(nextStretch([{ from: '08:00', to: '24:00' }])).toEqual({ from: '23:00', to: '24:00' })
  })

  it('are summed up in words', () => {
    const split = [1, 2, 3, 4, 5].flatMap((weekday) => [{ weekday, from: 480, to: 720 }, { weekday, from: 780, to: 1020 }])
    expect(summary(split)).toBe('Mon to Fri 08:00–12:00 and 13:00–17:00')
    expect(summary([...split, { weekday: 6, from: 540, to: 720 }])).toBe('Mon to Fri 08:00–12:00 and 13:00–17:00; Sat 09:00–12:00')
    expect(summary(hoursOf(ALWAYS) ?? [])).toBe('Around the clock')
    expect(summary(hoursOf(OFFICE) ?? [])).toBe('Mon to Fri 09:00–17:00')
  })
})

describe('call providers', () => {
  const template = (address: string) => checkProvider({ kind: 'template', address })['address']

  it.each([
    'https://meet.numbra.example/{room}',
    'https://meet.numbra.example:8443/r/{room}?name={agent_name}&about={subject}#{locale}',
    'https://meet.numbra.example',
  ])('%s may be opened', (address) => expect(template(address)).toBeUndefined())

  it.each([
    ['javascript:alert(1)', 'scheme'], ['JAVASCRIPT://%0aalert(1)', 'scheme'], ['data:text/html,x', 'scheme'], ['file:///etc/passwd', 'scheme'], ['http://meet.example/{room}', 'scheme'],
    [' https://meet.example/', 'scheme'], ['//meet.example', 'scheme'], ['https://{room}', 'host'], ['https://{agent_name}.example/x', 'host'], ['https://meet.example{room}/x', 'host'],
    ['https://user@evil.example/{room}', 'host'], ['https://meet.example@evil.example/', 'host'], ['https://meet.example\\@evil.example/', 'chars'], ['https://meet.example/\u202egnp', 'chars'],
    ['https://meet.example/a b', 'chars'], ['https://meet.example/<script>', 'chars'], ['https://meet.example/{jwt}', 'placeholder'], ['https://meet.example/{room', 'brace'], ['https://meet.example/room}', 'brace'],
    ['https://meet.example:99999/{room}', 'port'], ['https://mëet.example/{room}', 'host'], ['https:///{room}', 'host'], [`https://meet.example/${'x'.repeat(2000)}`, 'long'], ['', 'empty'],
  ] as const)('%s is refused as %s', (address, problem) => expect(template(address)).toBe(problem))

  it('says which field of which provider is wrong', () => {
    expect(checkProvider({ kind: 'slack_huddle', team: 'T024BE7LD', channel: 'C061EG9SL' })).toEqual({})
    expect(checkProvider({ kind: 'slack_huddle', team: 'numbra', channel: '' })).toEqual({ team: 'slackTeam', channel: 'empty' })
    expect(checkProvider({ kind: 'jitsi', host: 'meet.numbra.example', app_id: 'deskside' })).toEqual({})
    expect(checkProvider({ kind: 'jitsi', host: 'https://meet.numbra.example', app_id: 'a b' })).toEqual({ host: 'port', app_id: 'letters' })
    expect(checkProvider({ kind: 'live_kit', meet: 'https://meet.example/?x', server: 'ws://lk.example', key: '' })).toEqual({ meet: 'query', server: 'wss', key: 'empty' })
    expect(checkProvider({ kind: 'live_kit', meet: 'https://meet.example', server: 'wss://lk.example/', key: 'APIx' })).toEqual({})
    for (const kind of ['personal_link', 'phone', 'teams'] as const) expect(checkProvider({ kind })).toEqual({})
  })

  it('personal links lead to known meeting hosts only', () => {
    for (const link of ['', 'https://zoom.us/j/92041', 'https://numbra.zoom.us/j/1?pwd=x', 'https://meet.google.com/abc-defg-hij']) expect(checkPersonalLink(link)).toBeUndefined()
    expect(checkPersonalLink('https://zoom.us.evil.example/j/1')).toBe('notKnown')
    expect(checkPersonalLink('https://notzoom.us/j/1')).toBe('notKnown')
    expect(checkPersonalLink('javascript:alert(1)')).toBe('notHttps')
  })

  const example: Example = {
    caller: { name: 'Sam Okafor', email: 'sam@numbra.example', phone: '2010', call_link: 'https://zoom.us/j/92041' },
    other: { name: 'Ana "&/?#', email: 'ana@numbra.example', phone: '+49 (0)228 12-34', call_link: '' },
    room: 'k3v9', session: 's1', subject: '../../x',
  }

  it('show what would open, with hostile names and words encoded', () => {
    expect(preview({ kind: 'template', address: 'https://m.example/{room}/{subject}?a={agent_name}&b={unknown}' }, example)).toBe('https://m.example/k3v9/..%2F..%2Fx?a=Ana%20%22%26%2F%3F%23&b=')
    expect(preview({ kind: 'phone' }, example)).toBe('tel:+4902281234')
    expect(preview({ kind: 'teams' }, example)).toBe('https://teams.microsoft.com/l/call/0/0?users=ana%40numbra.example&withVideo=true')
    expect(preview({ kind: 'personal_link' }, { ...example, caller: example.other })).toBeUndefined()
    expect(preview({ kind: 'jitsi', host: 'meet.example', app_id: '' }, example)).toBe('https://meet.example/k3v9')
  })

  it('encodes everything that means something in an address', () => {
    expect(encode("a!'()*/.\u202e")).toBe('a%21%27%28%29%2A%2F.')
    expect([encode('..'), encode('.')]).toEqual(['_', '_'])
  })
})

describe('ticket patterns', () => {
  it('that come ready are fine', () => expect(TOOLS.every(({ pattern }) => isFine(pattern))).toBe(true))

  it.each([
    [{ label: '', address: 'https://*.a.example/{id}', title: '' }, { label: 'label' }],
    [{ label: 'X', address: '', title: '' }, { address: 'either' }],
    [{ label: 'X', address: 'http://a.example/{id}', title: '' }, { address: 'https' }],
    [{ label: 'X', address: 'https://*/tickets/{id}', title: '' }, { address: 'host' }],
    [{ label: 'X', address: 'https://*.com/tickets/{id}', title: '' }, { address: 'host' }],
    [{ label: 'X', address: 'https://a.example/{id}/{id}', title: 'no id' }, { address: 'one', title: 'one' }],
    [{ label: 'X', address: '', title: '*a*b*c*d*e {id}' }, { title: 'stars' }],
    [{ label: 'X', address: '', title: '[{id}] *' }, {}],
  ] as const)('%j: %j', (pattern, problems) => expect(checkPattern(pattern)).toEqual(problems))
})

describe('invitations', () => {
  it('carry 256 random bits, and the server learns their fingerprint only', async () => {
    const secrets = new Set(Array.from({ length: 100 }, freshSecret))
    expect(secrets.size).toBe(100)
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await fingerprint('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('are links whose secret never travels to a server', () => {
    const link = inviteLink('https://desk.numbra.example/', 'S3cret')
    expect(link).toBe('https://desk.numbra.example/join#S3cret')
    expect(new URL(link).hash).toBe('#S3cret')
  })
})
