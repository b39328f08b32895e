/** Chooses the host, starts the feed, shows the window that the address names. */

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './design/base.css'
import { App, fetchWindow } from './app/App'
import { applyTheme } from './app/theme'
import type { Host } from './host/host'
import { commandsVia } from './protocol/commands'
import { Replica } from './replica/replica'
import { WorldContext } from './replica/hooks'

async function chooseHost(): Promise<Host> {
  if (import.meta.env.VITE_HOST === 'fake') return (await import('./host/fake')).createHost()
  if ('__TAURI_INTERNALS__' in window) return (await import('./host/tauri')).createHost()
  return (await import('./host/browser')).createHost()
}

async function start(): Promise<void> {
  applyTheme()
  const [host] = await Promise.all([chooseHost(), fetchWindow(location.pathname)])
  const replica = new Replica()
  const commands = commandsVia((command) => host.send(command))
  host.feed(replica)
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html lacks its root')
  createRoot(root).render(
    <StrictMode>
      <WorldContext value={{ host, replica, commands }}>
        <App />
      </WorldContext>
    </StrictMode>,
  )
}

void start()
