/** The replica: a snapshot and changes, in any order and number, equal a fresh snapshot. */

import { describe, expect, test, vi } from 'vitest'
import type { Change, Entity, PersonId, Snapshot } from '../protocol/wire'
import { entities, refund, sam } from '../host/fake/numbra'
import { Replica } from './replica'

const snapshot = (entities: Entity[]): Snapshot => ({ cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities })

function contents(replica: Replica) {
  return {
    org: replica.org,
    rows: [replica.people, replica.desks, replica.requests, replica.messages, replica.attachments, replica.clips, replica.calls, replica.invites].map((map) =>
      Object.fromEntries([...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1))),
    ),
    threads: [...replica.requests.keys()].sort().map((id) => replica.thread(id)),
  }
}

const idOf = (entity: Entity) => ('id' in entity ? `${entity.entity} ${entity.id}` : entity.entity)
const refOf = (entity: Entity) => ('id' in entity ? { entity: entity.entity, id: entity.id } : { entity: entity.entity }) as Extract<Change, { gone: unknown }>['gone']

describe('replica', () => {
  test('snapshot and changes equal a fresh snapshot', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
    let state = seed
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state % below
    }
    for (let round = 0; round < 30; round++) {
      const truth = new Map(entities.slice(0, entities.length / 2).map((entity) => [idOf(entity), entity]))
      const replica = new Replica()
      replica.snapshot(snapshot([...truth.values()]))
      for (let step = 0; step < 60; step++) {
        const entity = entities[next(entities.length)] as Entity
        if (next(3) === 0) {
          truth.delete(idOf(entity))
          replica.changes([{ gone: refOf(entity) }])
        } else {
          const put: Entity = entity.entity === 'message' ? { ...entity, text: `${entity.text} ${step}` } : entity
          truth.set(idOf(entity), put)
          replica.changes([{ put }])
        }
      }
      const fresh = new Replica()
      fresh.snapshot(snapshot([...truth.values()]))
      expect(contents(replica), `seed ${seed} round ${round}`).toEqual(contents(fresh))
    }
  })

  test('a thread is in the order of time, whatever order it came in', () => {
    const replica = new Replica()
    replica.snapshot(snapshot(entities.toReversed()))
    const times = replica.thread(refund.id).map((id) => replica.messages.get(id)?.at ?? 0)
    expect(times.length).toBeGreaterThan(4)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('a row that did not change stays the same object', () => {
    const replica = new Replica()
    replica.snapshot(snapshot(entities))
    const before = replica.requests.get(refund.id)
    replica.changes([{ put: { entity: 'person', ...sam, status: 'away' } }])
    expect(replica.requests.get(refund.id)).toBe(before)
  })

  test('rows do not carry the word for their kind into commands', () => {
    const replica = new Replica()
    replica.snapshot(snapshot(entities))
    expect(replica.org).not.toHaveProperty('entity')
    expect(replica.people.get(sam.id)).not.toHaveProperty('entity')
  })

  test('listeners are told once for each picture, however many deliveries came', async () => {
    const replica = new Replica()
    const pictures: number[] = []
    const stop = replica.subscribe(() => pictures.push(replica.version))
    replica.snapshot(snapshot(entities))
    for (const put of entities) replica.changes([{ put }])
    expect(pictures).toEqual([])
    await vi.waitFor(() => expect(pictures).toEqual([replica.version]))
    replica.changes([])
    await vi.waitFor(() => expect(pictures).toHaveLength(2))
    stop()
  })

  test('in a window that nobody looks at they are told without waiting for a picture', async () => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0)
    const replica = new Replica()
    let told = 0
    replica.subscribe(() => (told += 1))
    replica.snapshot(snapshot(entities))
    await Promise.resolve()
    expect(told).toBe(1)
  })

  test('a snapshot forgets what it does not hold', () => {
    const replica = new Replica()
    replica.snapshot(snapshot(entities))
    replica.snapshot({ ...snapshot([]), me: 'somebody' as PersonId })
    expect(replica.requests.size + replica.messages.size + replica.people.size).toBe(0)
    expect(replica.thread(refund.id)).toEqual([])
  })
})

test('the requests have a count of their own, which letters, pictures and people do not move', () => {
  const replica = new Replica()
  replica.snapshot(snapshot(entities))
  const at = replica.requestsVersion
  replica.passing({ kind: 'typing', request: refund.id, person: sam.id })
  replica.changes([{ put: { entity: 'person', ...sam, status: 'away' } }])
  replica.changes(entities.filter(({ entity }) => entity === 'message' || entity === 'clip').map((put) => ({ put })))
  expect(replica.requestsVersion).toBe(at)
  replica.changes([{ put: { entity: 'request', ...refund } }])
  expect(replica.requestsVersion).toBeGreaterThan(at)
  const then = replica.requestsVersion
  replica.changes([{ gone: { entity: 'request', id: refund.id } }])
  expect(replica.requestsVersion).toBeGreaterThan(then)
})
