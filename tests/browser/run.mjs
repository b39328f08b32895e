/**
 * Runs the stories one after the other, so that each has the machine to itself. Those in which people mostly wait, by real
 * minutes, run beside them: nothing becomes longer. Their output follows when they are done. With names of files as
 * arguments, these alone.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'

const WAITING = ['unwatched.test.mjs']

const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs')).sort()
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all
const [waiting, others] = [wanted.filter((name) => WAITING.includes(name)), wanted.filter((name) => !WAITING.includes(name))]

/** How it ended. `isInFront`: what it says is seen while it runs; otherwise it is kept. */
async function run(files, isInFront) {
  if (files.length === 0) return { code: 0, said: '' }
  const child = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files], {
    cwd: import.meta.dirname,
    stdio: ['ignore', isInFront ? 'inherit' : 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (piece) => (said += piece))
  const [code] = await once(child, 'close')
  return { code, said }
}

const beside = run(waiting, false)
const inFront = await run(others, true)
const { code, said } = await beside
process.stdout.write(said)
process.exitCode = code || inFront.code ? 1 : 0
