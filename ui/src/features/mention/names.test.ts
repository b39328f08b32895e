/** Names after an `@`: what is written for somebody names them again, and nothing else does. */

import { describe, expect, test } from 'vitest'
import type { Person, PersonId } from '../../protocol/wire'
import { toldBy } from './told'
import { keyOf, labels, namedIn, typedAt, whomOf, without } from './names'

const person = (id: string, name: string, active = true) => ({ id: id as PersonId, name, email: `${id}@numbra.example`, active }) as Person
const people = [person('sam', 'Sam Keller'), person('sid', 'Sid'), person('ana', 'Ana Lima'), person('anna', 'Anna Lima'), person('ben1', 'Ben Cole'), person('ben2', 'Ben Ray'), person('kim1', 'Kim Lee'), person('kim2', 'Kim Lee'), person('old', 'Olga', false), person('al', 'All')]
const whom = (words: string) => whomOf(namedIn(words, people)).map(keyOf)

describe('names', () => {
  test('each is as short as it can be', () => {
    const short = labels(people)
    expect(['sam', 'sid', 'ben1', 'kim2', 'al'].map((id) => short.get(id as PersonId))).toEqual(['Sam', 'Sid', 'Ben Cole', 'Kim Lee (kim2)', 'All (al)'])
    expect(short.has('old' as PersonId)).toBe(false)
  })

  test('what is written for somebody names them', () => {
    for (const [id, label] of labels(people)) expect(whom(`Look, @${label}: this`)).toEqual([id])
  })

  test.each([
    ['@Sam, may I?', ['sam']],
    ['@sam keller and @SID', ['sam', 'sid']],
    ['(@Sid) or\n@Sam?', ['sid', 'sam']],
    ['@Sid @Sid @desk @all', ['sid', '@desk', '@all']],
    ['@Ana is not @Anna', ['ana', 'anna']],
    ['@Ben could be either', []],
    ['@Samantha, @Sids, @allergy, @desk-2', []],
    ['mail sam@sid.example or x@all', []],
    ['@Olga has left, @nobody', []],
    ['@', []],
  ])('%s', (words, expected) => expect(whom(words)).toEqual(expected))

  test('somebody who may not see it is left out, and their name stays', () => {
    const words = '@Sam and @Sid, or @Sam'
    expect(without(words, namedIn(words, people), 'sam' as PersonId)).toBe('Sam and @Sid, or Sam')
  })

  test('what is being typed', () => {
    expect(typedAt('Hi @sa', 6)).toEqual({ at: 3, query: 'sa' })
    expect(typedAt('@', 1)).toEqual({ at: 0, query: '' })
    for (const words of ['a@', 'Hi @sam ', 'Hi', '@sam@']) expect(typedAt(words, words.length)).toBeUndefined()
  })
})

test('how many a thread has told counts everybody once and nobody by name', () => {
  const told = (...tells: string[]) => ({ mentions: { whom: [], reason: '', tells: { kind: 'these' as const, people: tells as PersonId[] }, told: tells.length } })
  const everyone = { mentions: { whom: [], reason: '', tells: { kind: 'everyone' as const }, told: 15 } }
  expect(toldBy([])).toBe(0)
  expect(toldBy([told('sam', 'sid'), told('sid'), told()])).toBe(2)
  expect(toldBy([told('sam'), everyone])).toBe(15)
})
