/** The main window: the frame around its screens, and what is over all of them. */

import { useEffect } from 'react'
import { MousePointerClick } from 'lucide-react'
import { AskDialog } from '../features/ask/AskDialog'
import { openAsk } from '../features/ask/open'
import { CallBar } from '../features/call/CallBar'
import { Rings } from '../features/call/RingCard'
import { toMark } from '../features/composer/still'
import { addMarked, addPicture } from '../features/composer/parcels'
import { Inbox } from '../features/inbox/Inbox'
import { KeysSheet, openKeys } from '../features/keys/KeysSheet'
import { recallRead } from '../features/mention/read'
import { watchNews } from '../features/notify/watch'
import { openPalette, Palette } from '../features/palette/Palette'
import { StatusDialog } from '../features/people/StatusDialog'
import { PageBar } from '../features/recorder/PageBar'
import { RecordDialog } from '../features/recorder/RecordDialog'
import { RequestPage } from '../features/request/RequestPage'
import { HeldStrip } from '../features/review/HeldStrip'
import { StillScreen } from '../features/still/StillScreen'
import { EmptyState, Skeleton } from '../kit'
import type { ClipId, DeskId, RequestId } from '../protocol/wire'
import { useHost, useReadable, useWorld } from '../replica/hooks'
import { text } from '../text'
import { ConnectionStrip } from './ConnectionStrip'
import { useKeys } from './keys'
import { fetchRest, later } from './later'
import { Rail } from './Rail'
import { go, match } from './router'
import styles from './App.module.css'

const coming = <Skeleton label={text.common.loading} />
const BoardScreen = later(() => import('../features/board/BoardScreen').then((it) => it.BoardScreen), coming)
const ClipPage = later(() => import('../features/clip/ClipPage').then((it) => it.ClipPage), coming)
const FirstRun = later(() => import('../features/welcome/FirstRun').then((it) => it.FirstRun), coming)
const PeopleScreen = later(() => import('../features/people/PeopleScreen').then((it) => it.PeopleScreen), coming)
const RotaScreen = later(() => import('../features/rota/RotaScreen').then((it) => it.RotaScreen), coming)
const SettingsScreen = later(() => import('../features/settings').then((it) => it.SettingsScreen), coming)
const ShiftScreen = later(() => import('../features/rota/ShiftScreen').then((it) => it.ShiftScreen), coming)
const WhereScreen = later(() => import('../features/where/WhereScreen').then((it) => it.WhereScreen), coming)
const Marker = later(() => import('../features/mark').then((it) => it.Marker))

/** By then the first screen is there, with its rows. */
const REST_AFTER = 3000

export function MainWindow({ path }: { path: string }) {
  const world = useWorld()
  useEffect(() => {
    recallRead(world)
    return watchNews(world)
  }, [world])
  useEffect(() => {
    // The app has every part in itself; a browser gets them over a network that may go.
    if (world.host.desktop) return
    const timer = setTimeout(() => void fetchRest(), REST_AFTER)
    return () => clearTimeout(timer)
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
