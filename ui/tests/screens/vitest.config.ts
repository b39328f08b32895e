import { defineConfig } from 'vitest/config'

// Screens in a real browser with the demo host. One file at a time: two cores are shared with everything else.
export default defineConfig({
  test: {
    include: ['tests/screens/**/*.test.ts'],
    globalSetup: ['tests/screens/serve.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // What passes only then is marked in the output (docs/decisions/0026).
    retry: process.env['CI'] ? 1 : 0,
    expect: { poll: { timeout: 15_000 } },
  },
})
