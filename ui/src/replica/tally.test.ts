import { expect, test } from 'vitest'
import { billing, entities, kit, sam } from '../host/fake/numbra'
import type { Request } from '../protocol/wire'
import { Replica } from './replica'
import { Tally } from './tally'

test('a tally that follows changes counts what one would count from scratch', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % below
  }
  const all = { cursor: { epoch: 1, seq: 1 }, me: sam.id, now: 0, entities }
  const replica = new Replica()
  replica.snapshot(all)
  const requests = entities.filter((entity) => entity.entity === 'request')
  const fits = (one: Request, { desks }: Replica) => one.state === 'open' && desks.get(one.desk)?.owner === kit.id
  const tally = new Tally(replica, fits)
  const stop = tally.follow()
  const counts = new Set<number>()
  for (let step = 0; step < 400; step++) {
    const one = requests[next(requests.length)] as (typeof requests)[number]
    if (next(6) === 0) replica.changes([{ gone: { entity: 'request', id: one.id } }])
    else if (next(9) === 0) replica.changes([{ put: { entity: 'desk', ...billing, owner: next(2) === 0 ? kit.id : sam.id } }])
    else if (next(40) === 0) replica.snapshot(all)
    else replica.changes([{ put: { ...one, desk: billing.id, state: next(2) === 0 ? 'open' : 'solved' } }])
    const truth = [...replica.requests.values()].filter((request) => fits(request, replica)).length
    expect(tally.count(), `seed ${seed} step ${step}`).toBe(truth)
    counts.add(truth)
  }
  expect(counts.size).toBeGreaterThan(3)
  stop()
})
