/** Builds the UI with the demo host into a folder of its own and serves it while the tests run. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { build, preview } from 'vite'

declare module 'vitest' {
  interface ProvidedContext {
    address: string
  }
}

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  const outDir = mkdtempSync(join(tmpdir(), 'deskside-ui-'))
  const root = join(import.meta.dirname, '../..')
  await build({ root, mode: 'fake', logLevel: 'error', build: { outDir } })
  const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: Number(process.env['SCREENS_PORT'] ?? 5320), host: '127.0.0.1' } })
  project.provide('address', server.resolvedUrls?.local[0] ?? '')
  return async () => {
    await server.close()
    rmSync(outDir, { recursive: true })
  }
}
