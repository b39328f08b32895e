import { describe, expect, it } from 'vitest'
import { find, mask } from './masking'
import vectors from '../../tests/vectors/masking.json'
import * as tables from './masking/tables'
import type { ExemptNumber } from './protocol/wire'

const cases: { name: string; text: string; exempt: ExemptNumber[]; readable?: string[]; contacts?: boolean; masked: string; finds: { kind: string; text: string }[] }[] = vectors.cases

describe('masking passes the cases that the server passes', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { text, exempt, masked, finds, ...choice }) => {
    const result = mask(text, exempt, choice)
    expect(result.text).toBe(masked)
    expect(result.finds.map(({ kind, from, to }) => ({ kind, text: text.slice(from, to) }))).toEqual(finds)
  })

  it.each(cases.map((one) => [one.name, one] as const))('twice is once: %s', (_, { masked, exempt, ...choice }) => {
    expect(mask(masked, exempt, choice).text).toBe(masked)
  })
})

describe('masking', () => {
  it('holds the tables of the vector file', () => {
    expect({
      digits: tables.ZEROS, separators: tables.SEPARATORS, separators_between_groups: tables.SEPARATORS_BETWEEN_GROUPS, issuers: tables.ISSUERS,
      code_words: tables.CODE_WORDS, code_between: tables.CODE_BETWEEN, code_between_at_most: tables.CODE_BETWEEN_AT_MOST, iban: tables.IBAN,
    }).toEqual(vectors.rules)
  })

  it('gets through a pasted table of single digits and finds no card in it', () => {
    expect(find('0 '.repeat(10_000), []).filter(({ kind }) => kind === 'card')).toEqual([])
    // A second on a machine of its own, minutes if it were quadratic.
  }, 30_000)
})
