/** The meter says before sending what the server decides: both pass one file of cases. */

import { describe, expect, it } from 'vitest'
import vectors from '../../../../tests/vectors/mentions.json'
import { newDesk } from '../../host/fake/care'
import type { Desk, DeskId, Mention, Org, Person, PersonId } from '../../protocol/wire'
import { audienceOf, type About } from './audience'

interface Case {
  name: string
  by: string
  whom: string[]
  at?: string
  helpers?: string[] | 'everyone'
  rota?: [string, number, number, number][]
  vetters?: string[]
  audience?: Desk['audience']
  private_with?: string[]
  owner?: string
  joined?: string[]
  to_vet?: boolean
  reason?: string
  tells?: string[] | 'everyone'
  told?: number
  refused?: string
  who?: string
}

const DESK = 'desk' as DeskId
const id = (name: string) => name as PersonId
const mention = (name: string): Mention => (name === '@desk' ? { kind: 'desk' } : name === '@all' ? { kind: 'all' } : { kind: 'person', person: id(name) })
const people = new Map(vectors.people.map((name) => [id(name), { id: id(name), name, active: name !== 'gone' } as Person]))
const week = [1, 2, 3, 4, 5].flatMap((weekday) => [{ weekday, from: 480, to: 720 }, { weekday, from: 780, to: 1020 }])

function rowsOf(one: Case) {
  const helpers: Desk['helpers'] = one.helpers === 'everyone' ? { kind: 'everyone' } : { kind: 'these', people: (one.helpers ?? ['sam', 'sid', 'ben']).map(id) }
  const desk = {
    ...newDesk, id: DESK, name: 'Phones help', purpose: '', owner: id('sam'), helpers, audience: one.audience ?? 'open', hours: week, zone: '', provider: null, review_before_upload: false, closed: false,
    rota: (one.rota ?? []).map(([person, weekday, from, to]) => ({ person: id(person), weekday, from, to })), service: { ...newDesk.service, vetters: (one.vetters ?? []).map(id) },
  } as Desk
  return { people, desks: new Map([[DESK, desk]]), org: { zone: 'Europe/Berlin' } as Org }
}

const aboutOf = (one: Case): About => ({
  desk: DESK, asker: id('ana'), owner: one.owner ? id(one.owner) : null, privateWith: one.private_with?.map(id) ?? null, joined: (one.joined ?? []).map(id), handOver: null, toVet: one.to_vet === true,
})

describe('whom a mention tells', () => {
  it.each((vectors.cases as Case[]).map((one) => [one.name, one] as const))('%s', (_, one) => {
    const now = one.at === 'closed' ? vectors.closed_at : vectors.open_at
    const found = audienceOf(rowsOf(one), aboutOf(one), id(one.by), one.whom.map(mention), now)
    if (one.refused === 'reason_needed') expect(found.needsReason).toBe(true)
    else if (one.refused) expect(found.unseen).toEqual([id(one.who ?? one.whom[0] ?? '')])
    else {
      expect(found.unseen).toEqual([])
      expect(found.tells).toEqual(one.tells === 'everyone' ? { kind: 'everyone' } : { kind: 'these', people: [...(one.tells ?? [])].sort() })
      expect(found.told).toBe(one.told ?? one.tells?.length)
      expect(found.needsReason).toBe(one.reason !== undefined)
    }
  })
})
