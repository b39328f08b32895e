import { expect, test } from 'vitest'
import { uuid7 } from './uuid'

test('ids are UUIDs of version 7 and sort by the time they were made', () => {
  const ids = Array.from({ length: 10_000 }, () => uuid7())
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual([...ids].sort())
  for (const id of ids.slice(0, 50)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a clock that goes back does not make ids go back', () => {
  const later = uuid7(Date.now() + 60_000)
  expect(uuid7(Date.now()) > later).toBe(true)
})
