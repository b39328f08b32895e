/**
 * A command given by a button: what the server refuses is said where everybody sees it, with the next step. It resolves
 * when that is known, either way; a button that is given it is busy until then.
 */

import { toast } from '../kit'
import { Refused } from '../host/host'
import { problems } from '../text'

export async function attempt(sent: Promise<unknown>, done?: () => void): Promise<void> {
  try {
    await sent
  } catch (error) {
    return tellProblem(error)
  }
  done?.()
}

export function tellProblem(error: unknown): void {
  const problem = error instanceof Refused ? error.problem : { code: 'fault' as const }
  const { what, next } = problems[problem.code]
  toast({ title: what, detail: problem.trace ? `${next} ${problem.trace}` : next, tone: 'danger' })
}
