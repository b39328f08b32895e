/** The words of the product. One language today; a second is a second file with the same shape. */

import { en } from './en'
import { problems } from './problems'

export const text = en
export { problems }
export * from './format'
export * from './wait'

import type { Problem } from '../protocol/wire'

/** What happened and what to do, for a person. */
export function explain(problem: Pick<Problem, 'code' | 'trace'>): string {
  const { what, next } = problems[problem.code] ?? problems.fault
  return problem.code === 'fault' && problem.trace ? `${what} ${next} ${problem.trace}` : `${what} ${next}`
}
