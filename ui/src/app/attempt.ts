/** A command given by a button: what the server refuses is said where everybody sees it, with the next step. */

import { toast } from '../kit'
import { Refused } from '../host/host'
import { problems } from '../text'

export function attempt(sent: Promise<unknown>, done?: () => void): void {
  sent.then(done, (error: unknown) => tellProblem(error))
}

export function tellProblem(error: unknown): void {
  const problem = error instanceof Refused ? error.problem : { code: 'fault' as const }
  const { what, next } = problems[problem.code]
  toast({ title: what, detail: problem.trace ? `${next} ${problem.trace}` : next, tone: 'danger' })
}
