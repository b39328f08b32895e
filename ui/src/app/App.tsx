/** Which window the address names, and the net under all of them. */

import { Component, useEffect, useLayoutEffect, type ReactNode } from 'react'
import { I18nProvider, RouterProvider } from 'react-aria-components'
import { takeShots } from '../features/composer/parcels'
import { Button, EmptyState, Toasts } from '../kit'
import { useHost, useReadable } from '../replica/hooks'
import { text } from '../text'
import { listenToKeys } from './keys'
import { later, type Later } from './later'
import { go, useHash, usePath } from './router'
import styles from './App.module.css'

const WINDOWS: Record<string, Later<object>> = {
  '/overlay': later(() => import('../features/ask/OverlayWindow').then((it) => it.OverlayWindow)),
  '/mark': later(() => import('../features/mark').then((it) => it.MarkWindow)),
  '/recorder': later(() => import('../features/recorder/RecorderWindow').then((it) => it.RecorderWindow)),
  '/pick': later(() => import('../features/recorder/PickWindow').then((it) => it.PickWindow)),
  '/masks': later(() => import('../features/recorder/MaskWindow').then((it) => it.MaskWindow)),
  '/ring': later(() => import('../features/call/RingCard').then((it) => it.RingWindow)),
}
const Main = later(() => import('./MainWindow').then((it) => it.MainWindow))
const Welcome = later(() => import('../features/welcome/Welcome').then((it) => it.Welcome))

/** The window at this address, before anything is shown: it comes while the host does. */
export function fetchWindow(path: string): Promise<void> {
  return (WINDOWS[path] ?? Main).fetch().catch(() => undefined)
}

export function App() {
  const path = usePath()
  const hash = useHash()
  const host = useHost()
  const session = useReadable(host.session)
  useLayoutEffect(listenToKeys, [])
  useEffect(() => takeShots(host), [host])
  useEffect(() => {
    const name = path.slice(1)
    if (`/${name}` in WINDOWS) document.documentElement.dataset['window'] = name
    else delete document.documentElement.dataset['window']
  }, [path])
  const Small = WINDOWS[path]
  return (
    <I18nProvider locale="en-GB">
      <RouterProvider navigate={go}>
        <Net>
          {session.kind !== 'starting' && isLink(path, hash) ? <Welcome key={hash} path={path} hash={hash} /> : session.kind === 'in' ? Small ? <Small /> : <Main path={path} /> : session.kind === 'starting' ? null : Small ? null : <Welcome path={path} hash={hash} />}
        </Net>
        <Toasts />
      </RouterProvider>
    </I18nProvider>
  )
}

/** A link that signs in, joins or sets up is followed also by somebody who is signed in as somebody else. */
function isLink(path: string, hash: string): boolean {
  return ['/sign-in', '/join', '/setup'].includes(path) && hash !== ''
}

/** A screen that broke says so, and what was typed is kept as a draft anyway. */
class Net extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    return (
      <main className={styles.nothing}>
        <EmptyState title={text.broken.title} action={<Button onPress={() => location.reload()}>{text.broken.reload}</Button>}>
          {text.broken.hint}
        </EmptyState>
      </main>
    )
  }
}
