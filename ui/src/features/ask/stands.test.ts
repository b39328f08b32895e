/** When a card of the overlay is over. */

import { expect, test } from 'vitest'
import { ana, chi, entities, NOW, phones, sam } from '../../host/fake/numbra'
import type { Change, Message, MessageId, Request, RequestId } from '../../protocol/wire'
import { Replica } from '../../replica/replica'
import { answerStands, wishStands } from './stands'

const any = entities.find((entity) => entity.entity === 'request')
const id = 'one' as RequestId
const words = (id: string, kind: Message['kind']['kind'], author = sam.id): Change => ({
  put: { entity: 'message', id: id as MessageId, request: 'one' as RequestId, author, kind: { kind } as Message['kind'], text: '', attachments: [], clip: null, moment: null, mentions: { whom: [], reason: '', tells: { kind: 'these', people: [] }, told: 0 }, at: NOW, deleted: false },
})
const request = (change: Partial<Request>): Change => {
  if (any?.entity !== 'request') throw new Error('no request')
  return { put: { ...any, id, asker: ana.id, desk: phones.id, state: 'answered', clip_wanted_by: null, ...change } }
}
function after(...changes: Change[]): Replica {
  const replica = new Replica()
  replica.snapshot({ cursor: { epoch: 1, seq: 1 }, me: ana.id, now: NOW, entities })
  replica.changes(changes)
  return replica
}
const stands = (...changes: Change[]) => answerStands(after(...changes), 'm' as MessageId, ana.id)

test('an answer stands until the request goes on, it is deleted, or its reader has replied', () => {
  expect(stands(request({}), words('m', 'answered'))).toBe('stands')
  expect(stands(request({}), words('m', 'answered'), words('more', 'said'))).toBe('stands')
  expect(stands(request({ state: 'solved' }), words('m', 'answered'))).toBe('over')
  expect(stands(request({ state: 'accepted' }), words('m', 'answered'))).toBe('over')
  expect(stands(request({}), words('m', 'answered'), words('mine', 'said', ana.id))).toBe('over')
  expect(stands(request({}), words('before', 'said', ana.id), words('m', 'answered'))).toBe('stands')
  expect(stands(request({}), words('m', 'answered'), words('other', 'said', chi.id))).toBe('stands')
  const deleted = words('m', 'answered')
  expect(stands(request({}), 'put' in deleted ? { put: { ...deleted.put, deleted: true } as Extract<Change, { put: unknown }>['put'] } : deleted)).toBe('over')
})

test('a question back stands while it is the asker\'s turn', () => {
  expect(stands(request({ state: 'waiting_asker' }), words('m', 'asked_back'))).toBe('stands')
  expect(stands(request({ state: 'accepted' }), words('m', 'asked_back'))).toBe('over')
})

test('what is not here is missing, before it came and after it left', () => {
  expect(stands()).toBe('missing')
  expect(stands(words('m', 'answered'))).toBe('missing')
  expect(wishStands(after(), id)).toBe('missing')
  expect(wishStands(after(request({ state: 'waiting_asker', clip_wanted_by: sam.id })), id)).toBe('stands')
  expect(wishStands(after(request({ state: 'waiting_asker' })), id)).toBe('over')
})
