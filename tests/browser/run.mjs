/**
 * Runs the stories of the folder it is started in, one after the other, so that each has the machine to itself. Those in which
 * people mostly wait, by real minutes, run beside them: nothing becomes longer. Their output follows when they are done. With
 * names of files as arguments, these alone. In CI a story that failed is lived a second time, and what only passes then is
 * named at the end (docs/decisions/0026).
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const WAITING = ['unwatched.test.mjs']

const all = readdirSync('.').filter((name) => name.endsWith('.test.mjs')).sort()
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all
const [waiting, others] = [wanted.filter((name) => WAITING.includes(name)), wanted.filter((name) => !WAITING.includes(name))]
const notes = mkdtempSync(join(tmpdir(), 'deskside-stories-'))

/**
 * Which files failed, by the reporter's own account; all of them, where a run ended without one. `isInFront`: what it says is
 * seen while it runs; otherwise it is kept.
 */
async function run(files, isInFront) {
  if (files.length === 0) return { failed: [], said: '' }
  const note = join(notes, files[0])
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${join(import.meta.dirname, 'support/failed.mjs')}`, `--test-reporter-destination=${note}`]
  const child = spawn(process.execPath, ['--test', '--test-concurrency=1', ...reporters, ...files], {
    stdio: ['ignore', isInFront ? 'inherit' : 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (piece) => (said += piece))
  const [code] = await once(child, 'close')
  if (code === 0) return { failed: [], said }
  const named = new Set(readFileSync(note, 'utf8').split('\n').map((line) => basename(line)))
  const failed = files.filter((name) => named.has(name))
  return { failed: failed.length > 0 ? failed : files, said }
}

const beside = run(waiting, false)
const inFront = await run(others, true)
const { failed, said } = await beside
process.stdout.write(said)
const first = [...inFront.failed, ...failed]
let second = first
if (process.env.CI && first.length > 0) {
  console.log(`\nA second time: ${first.join(', ')}`)
  second = (await run(first, true)).failed
  for (const name of first) console.log(`${second.includes(name) ? 'FAILED TWICE' : 'FLAKY, passed the second time'}: ${name}`)
}
rmSync(notes, { recursive: true })
process.exitCode = second.length > 0 ? 1 : 0
