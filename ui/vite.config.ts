import { defineConfig, type Plugin } from 'vite'
import react from '@vitejs/plugin-react'

/** The product speaks English; its components bring their few words in thirty-four languages. */
const english: Plugin = {
  name: 'english',
  enforce: 'pre',
  load: (id) => (/\/react-(?:aria|aria-components|stately)\/dist\/private\/intl\/(?:\w+\/)?(?!en-US\.)[a-z]{2}-[A-Z]{2}\.mjs$/.test(id) ? 'export default {}' : undefined),
}

// One bundle for the webview and the browser. `main.tsx` imports one host, so a browser never downloads the other's; a window
// and a screen come when they are shown (`app/later.tsx`). The styles stay one file: what comes later must not change
// which of two rules is the later one.
export default defineConfig({
  plugins: [english, react()],
  build: {
    target: 'es2022',
    sourcemap: false,
    cssCodeSplit: false,
    // What two parts need is one file: fifty small ones would be fifty requests.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } } },
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  server: { port: 5301, strictPort: true, proxy: process.env.DESKSIDE_SERVER ? { '/api': { target: process.env.DESKSIDE_SERVER, ws: true } } : {} },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
} as Parameters<typeof defineConfig>[0])
