import { expect, test } from 'vitest'
import { tileAt } from './Peek'

const sprite = { every_ms: 2000, tiles: 13, columns: 5 }

test('a moment has the small picture of its stretch, the last one beyond the end', () => {
  expect(tileAt(sprite, 0)).toEqual({ column: 0, row: 0, rows: 3 })
  expect(tileAt(sprite, 1.99)).toEqual({ column: 0, row: 0, rows: 3 })
  expect(tileAt(sprite, 2)).toEqual({ column: 1, row: 0, rows: 3 })
  expect(tileAt(sprite, 11)).toEqual({ column: 0, row: 1, rows: 3 })
  expect(tileAt(sprite, 90)).toEqual({ column: 2, row: 2, rows: 3 })
  expect(tileAt(sprite, -1)).toEqual({ column: 0, row: 0, rows: 3 })
})
