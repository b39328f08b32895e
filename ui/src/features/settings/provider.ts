/**
 * What may be typed for a call provider, and what would open. The server judges by the same rules (`domain::call::link`);
 * here they only say at once, beside the field, what it would refuse.
 */

import { telOf } from '../care/tel'
import type { Provider } from '../../protocol/wire'

export const PLACEHOLDERS = ['session_id', 'room', 'agent_name', 'agent_email', 'supervisor_name', 'supervisor_email', 'subject', 'locale'] as const

/** Hosts that personal meeting links may lead to, each with its subdomains. */
export const PERSONAL_HOSTS = ['zoom.us', 'zoom.com', 'zoomgov.com', 'meet.google.com', 'webex.com', 'teams.microsoft.com', 'teams.live.com', 'meet.goto.com', 'whereby.com', 'meet.jit.si']

export type AddressProblem = 'empty' | 'scheme' | 'wss' | 'host' | 'chars' | 'placeholder' | 'brace' | 'port' | 'query' | 'slackTeam' | 'slackChannel' | 'letters' | 'long'

const LONGEST = 2_000
// Characters without a glyph that change how others read.
const DECEPTIVE = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u

export function checkWebAddress(address: string): AddressProblem | undefined {
  if ([...address].length > LONGEST) return 'long'
  if (!address.startsWith('https://')) return 'scheme'
  if (DECEPTIVE.test(address) || /[\s\\"<>`{}|^]/u.test(address)) return 'chars'
  return checkHost(authority(address))
}

export function checkHost(authority: string): AddressProblem | undefined {
  const [host = '', port, more] = authority.split(':')
  if (more !== undefined || (port !== undefined && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))) return 'port'
  const isLabel = (label: string) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)
  return host.length <= 253 && host.split('.').every(isLabel) ? undefined : 'host'
}

/** What is wrong with each field of a provider; an empty record means nothing. */
export function checkProvider(provider: Provider): Record<string, AddressProblem> {
  const found: Record<string, AddressProblem | undefined> = {}
  switch (provider.kind) {
    case 'slack_huddle':
      found['team'] = slackId(provider.team, 'TE') ? undefined : provider.team === '' ? 'empty' : 'slackTeam'
      found['channel'] = slackId(provider.channel, 'CDG') ? undefined : provider.channel === '' ? 'empty' : 'slackChannel'
      break
    case 'template': found['address'] = checkTemplate(provider.address); break
    case 'jitsi':
      found['host'] = provider.host === '' ? 'empty' : checkHost(provider.host)
      found['app_id'] = /^[A-Za-z0-9\-_.]*$/.test(provider.app_id) ? undefined : 'letters'
      break
    case 'live_kit':
      found['meet'] = provider.meet === '' ? 'empty' : (checkWebAddress(provider.meet) ?? (/[?#]/.test(provider.meet) ? 'query' : undefined))
      found['server'] = provider.server === '' ? 'empty' : provider.server.startsWith('wss://') ? checkHost(provider.server.slice('wss://'.length).replace(/\/+$/, '')) : 'wss'
      found['key'] = provider.key === '' ? 'empty' : /^[A-Za-z0-9\-_]+$/.test(provider.key) ? undefined : 'letters'
      break
    default: break
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, AddressProblem] => entry[1] !== undefined))
}

function slackId(id: string, first: string): boolean {
  return id.length >= 6 && id.length <= 24 && first.includes(id[0] ?? ' ') && /^[A-Z0-9]+$/.test(id)
}

function checkTemplate(address: string): AddressProblem | undefined {
  if (address === '') return 'empty'
  if (!address.startsWith('https://')) return 'scheme'
  const rest = address.replace(/\{([^{}]*)\}/g, (_, name: string) => (isPlaceholder(name) ? 'x' : '{'))
  const unknown = [...address.matchAll(/\{([^{}]*)\}/g)].some(([, name]) => !isPlaceholder(name ?? ''))
  if (unknown) return 'placeholder'
  if (/[{}]/.test(rest)) return 'brace'
  // A placeholder in the host would let a name choose where the call leads.
  const before = address.slice('https://'.length).split('{')[0] ?? ''
  if (address.includes('{') && !/[/?#]/.test(before)) return 'host'
  return checkWebAddress(rest)
}

function isPlaceholder(name: string): boolean {
  return (PLACEHOLDERS as readonly string[]).includes(name)
}

/** What is wrong with somebody's own meeting link. */
export function checkPersonalLink(link: string): 'notHttps' | 'notKnown' | undefined {
  if (link === '') return undefined
  if (checkWebAddress(link)) return 'notHttps'
  const host = hostOf(link)
  return PERSONAL_HOSTS.some((known) => host === known || host.endsWith(`.${known}`)) ? undefined : 'notKnown'
}

export function hostOf(address: string): string {
  return (authority(address).split(':')[0] ?? '').toLowerCase()
}

function authority(address: string): string {
  return address.slice('https://'.length).split(/[/?#]/)[0] ?? ''
}

/** Everything but letters, digits and `-._~` is encoded, and nothing climbs a path. */
export function encode(value: string): string {
  if (value === '.' || value === '..') return '_'
  return encodeURIComponent([...value].filter((char) => !DECEPTIVE.test(char)).slice(0, 300).join('')).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

export interface Example {
  caller: { name: string; email: string; phone: string; call_link: string }
  other: { name: string; email: string; phone: string; call_link: string }
  room: string
  session: string
  subject: string
}

/** What would open when the caller rings the other, with an example's room; undefined if somebody lacks what it takes. */
export function preview(provider: Provider, { caller, other, room, session, subject }: Example): string | undefined {
  switch (provider.kind) {
    case 'personal_link': return caller.call_link || undefined
    case 'phone': return other.phone ? telOf(other.phone) : undefined
    case 'teams': return `https://teams.microsoft.com/l/call/0/0?users=${encode(other.email)}&withVideo=true`
    case 'slack_huddle': return `https://app.slack.com/huddle/${provider.team}/${provider.channel}`
    case 'jitsi': return `https://${provider.host}/${room}${provider.app_id ? '?jwt=…' : ''}`
    case 'live_kit': return `${provider.meet.replace(/\/+$/, '')}/custom?liveKitUrl=${encode(provider.server)}&token=…`
    case 'template': {
      const values: Record<string, string> = {
        session_id: session, room, agent_name: other.name, agent_email: other.email, supervisor_name: caller.name, supervisor_email: caller.email, subject, locale: 'en',
      }
      return provider.address.replace(/\{(\w+)\}/g, (_, name: string) => encode(values[name] ?? ''))
    }
  }
}
