import { defineConfig } from 'vite'
import react from '@vitejs/plugin-react'

// One bundle for the webview and the browser. `main.tsx` imports one host, so a browser never downloads the other's.
export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 900 },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  server: { port: 5301, strictPort: true, proxy: process.env.DESKSIDE_SERVER ? { '/api': { target: process.env.DESKSIDE_SERVER, ws: true } } : {} },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
} as Parameters<typeof defineConfig>[0])
