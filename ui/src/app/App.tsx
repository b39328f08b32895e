/** Which window or screen the address names; the frame around the screens of the main window. */

import { Component, useEffect, useLayoutEffect, type ReactNode } from 'react'
import { I18nProvider, RouterProvider } from 'react-aria-components'
import { AskDialog } from '../features/ask/AskDialog'
import { openAsk } from '../features/ask/open'
import { OverlayWindow } from '../features/ask/OverlayWindow'
import { BoardScreen } from '../features/board/BoardScreen'
import { CallBar } from '../features/call/CallBar'
import { Rings, RingWindow } from '../features/call/RingCard'
import { ClipPage } from '../features/clip/ClipPage'
import { toMark } from '../features/composer/still'
import { addMarked, addPicture, takeShots } from '../features/composer/parcels'
import { Inbox } from '../features/inbox/Inbox'
import { KeysSheet, openKeys } from '../features/keys/KeysSheet'
import { Marker, MarkWindow } from '../features/mark'
import { recallRead } from '../features/mention/read'
import { watchNews } from '../features/notify/watch'
import { openPalette, Palette } from '../features/palette/Palette'
import { PeopleScreen } from '../features/people/PeopleScreen'
import { StatusDialog } from '../features/people/StatusDialog'
import { MaskWindow } from '../features/recorder/MaskWindow'
import { PickWindow } from '../features/recorder/PickWindow'
import { PageBar } from '../features/recorder/PageBar'
import { RecordDialog } from '../features/recorder/RecordDialog'
import { RecorderWindow } from '../features/recorder/RecorderWindow'
import { HeldStrip } from '../features/review/HeldStrip'
import { RotaScreen } from '../features/rota/RotaScreen'
import { ShiftScreen } from '../features/rota/ShiftScreen'
import { RequestPage } from '../features/request/RequestPage'
import { SettingsScreen } from '../features/settings'
import { StillScreen } from '../features/still/StillScreen'
import { WhereScreen } from '../features/where/WhereScreen'
import { Welcome } from '../features/welcome/Welcome'
import { FirstRun } from '../features/welcome/FirstRun'
import { Button, EmptyState, Toasts } from '../kit'
import type { ClipId, DeskId, RequestId } from '../protocol/wire'
import { useHost, useReadable, useWorld } from '../replica/hooks'
import { text } from '../text'
import { ConnectionStrip } from './ConnectionStrip'
import { listenToKeys, useKeys } from './keys'
import { Rail } from './Rail'
import { go, match, useHash, usePath } from './router'
import styles from './App.module.css'
import { MousePointerClick } from 'lucide-react'

const WINDOWS: Record<string, () => ReactNode> = {
  '/overlay': () => <OverlayWindow />,
  '/mark': () => <MarkWindow />,
  '/recorder': () => <RecorderWindow />,
  '/pick': () => <PickWindow />,
  '/masks': () => <MaskWindow />,
  '/ring': () => <RingWindow />,
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
  const small = WINDOWS[path]
  return (
    <I18nProvider locale="en-GB">
      <RouterProvider navigate={go}>
        <Net>
          {session.kind !== 'starting' && isLink(path, hash) ? <Welcome key={hash} path={path} hash={hash} /> : session.kind === 'in' ? small ? small() : <Main path={path} /> : session.kind === 'starting' ? null : small ? null : <Welcome path={path} hash={hash} />}
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

function Main({ path }: { path: string }) {
  const world = useWorld()
  useEffect(() => {
    recallRead(world)
    return watchNews(world)
  }, [world])
  useKeys(text.keys.everywhere, [
    { keys: 'Mod+K', name: text.keys.palette, act: openPalette },
    { keys: 'A', name: text.keys.ask, act: () => openAsk() },
    { keys: 'W', name: text.where.title, act: () => go('/where') },
    { keys: '?', name: text.keys.sheet, act: openKeys },
  ])
  return (
    <div className={styles.frame}>
      <Rail path={path} />
      <div className={styles.rest}>
        <ConnectionStrip />
        <CallBar />
        <PageBar />
        <HeldStrip path={path} />
        <Screen path={path} />
      </div>
      <AskDialog />
      <RecordDialog />
      <Palette />
      <KeysSheet />
      <StatusDialog />
      <MarkDialog />
      <Rings />
    </div>
  )
}

function Screen({ path }: { path: string }) {
  const clip = match('/c/:id', path)
  const request = match('/r/:id', path)?.['id']
  const solved = match('/solved/:id', path)?.['id']
  if (clip?.['id']) return <ClipPage id={clip['id'] as ClipId} />
  if (path === '/board' || path.startsWith('/board/')) return <BoardScreen desk={match('/board/:id', path)?.['id'] as DeskId | undefined} />
  if (path === '/rota' || path.startsWith('/rota/')) return <RotaScreen desk={match('/rota/:id', path)?.['id'] as DeskId | undefined} />
  if (path === '/shift') return <ShiftScreen />
  if (path === '/still') return <StillScreen />
  if (path === '/where') return <WhereScreen />
  if (path === '/people') return <PeopleScreen />
  if (path === '/welcome') return <FirstRun />
  if (path === '/settings' || path.startsWith('/settings/')) return <SettingsScreen />
  const view = path.startsWith('/solved') ? 'solved' : 'open'
  const chosen = (request ?? solved) as RequestId | undefined
  return (
    <div className={styles.panes} data-chosen={chosen !== undefined || undefined}>
      <Inbox key={view} view={view} chosen={chosen} />
      <div className={styles.page}>
        {chosen ? (
          <RequestPage id={chosen} />
        ) : (
          <main className={styles.nothing}>
            <EmptyState icon={<MousePointerClick />} title={text.inbox.nothingChosen}>
              {text.inbox.nothingChosenHint}
            </EmptyState>
          </main>
        )}
      </div>
    </div>
  )
}

/** A picture of this window's own (pasted, or out of a clip) that somebody wants to mark before it leaves. */
function MarkDialog() {
  const host = useHost()
  const waiting = useReadable(toMark)
  if (!waiting) return null
  const { picture, name, request, instead } = waiting
  const close = () => toMark.set(undefined)
  return (
    <Marker
      picture={picture}
      name={name}
      onDone={(marked) => (close(), void addMarked(host, request, marked, name, instead))}
      // One that is chosen already stays as it is; a still out of a clip was wanted, marked or not.
      onCancel={() => (close(), instead || void addPicture(host, request, picture, name))}
    />
  )
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
