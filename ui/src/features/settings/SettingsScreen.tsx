/** The settings screen: one page a concern, each at its own address; one's own things first. */

import { useEffect, useRef } from 'react'
import { CalendarClock, Database, EyeOff, Keyboard, Laptop, Phone, Tickets, UserRound, Users } from 'lucide-react'
import { Link, usePath } from '../../app/router'
import { EmptyState, Skeleton } from '../../kit'
import type { DeskId } from '../../protocol/wire'
import { useHost, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { hotkeysText } from '../../text/hotkeys'
import { settingsText } from '../../text/settings'
import { CallsPage } from './CallsPage'
import { ComputerPage } from './ComputerPage'
import { DeskPage } from './DeskPage'
import { DesksPage } from './DesksPage'
import { DevicesPage } from './DevicesPage'
import { KeptPage } from './KeptPage'
import { Denied, useRights } from './parts'
import { PeoplePage } from './PeoplePage'
import { PrivacyPage } from './PrivacyPage'
import { ProfilePage } from './ProfilePage'
import { TicketsPage } from './TicketsPage'
import styles from './Settings.module.css'

const YOURS = [
  { id: 'profile', name: text.settings.profile, icon: <UserRound /> },
  { id: 'devices', name: text.settings.devices, icon: <Laptop /> },
  { id: 'computer', name: hotkeysText.page, icon: <Keyboard />, app: true },
]
const ORG = [
  { id: 'people', name: text.settings.people, icon: <Users />, admin: true },
  { id: 'desks', name: text.settings.desks, icon: <CalendarClock /> },
  { id: 'calls', name: text.settings.calls, icon: <Phone />, admin: true },
  { id: 'tickets', name: settingsText.ticketsTitle, icon: <Tickets /> },
  { id: 'privacy', name: text.settings.privacy, icon: <EyeOff /> },
  { id: 'kept', name: text.settings.kept, icon: <Database /> },
]

export function SettingsScreen() {
  const [, , page = 'profile', detail] = usePath().split('/')
  const loaded = useReplica((replica) => replica.loaded)
  if (!loaded) {
    return (
      <main className={styles.screen} aria-label={text.settings.title}>
        <Skeleton label={text.common.loading} rows={8} />
      </main>
    )
  }
  return <Loaded page={page || 'profile'} detail={detail} />
}

function Loaded({ page, detail }: { page: string; detail: string | undefined }) {
  const { isAdmin } = useRights()
  const { desktop } = useHost()
  const content = useRef<HTMLElement>(null)
  const shown = useRef(page + (detail ?? ''))
  // A page that was gone to begins at its top, and reading goes on there.
  useEffect(() => {
    if (shown.current === page + (detail ?? '')) return
    shown.current = page + (detail ?? '')
    content.current?.scrollTo({ top: 0 })
    // Unless the page has said itself where one begins.
    if (!content.current?.contains(document.activeElement)) content.current?.focus({ preventScroll: true })
  }, [page, detail])
  return (
    <div className={styles.screen}>
      <nav className={styles.nav} aria-label={settingsText.nav}>
        <Group name={settingsText.you} pages={YOURS.filter(({ app }) => !app || desktop)} page={page} />
        <Group name={settingsText.org} pages={ORG.filter(({ admin }) => !admin || isAdmin)} page={page} />
      </nav>
      <main ref={content} className={styles.content} tabIndex={-1}>
        <Shown page={page} detail={detail} isAdmin={isAdmin} inApp={desktop !== undefined} />
      </main>
    </div>
  )
}

function Group({ name, pages, page }: { name: string; pages: readonly { id: string; name: string; icon: React.ReactNode }[]; page: string }) {
  return (
    <div className={styles.navGroup}>
      <h2>{name}</h2>
      <ul>
        {pages.map(({ id, name, icon }) => (
          <li key={id}>
            <Link to={`/settings/${id}`} ref={id === page ? seen : undefined} className={styles.navLink} aria-current={id === page ? 'page' : undefined}>
              {icon}
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** On a narrow screen the pages are a row that scrolls; the one that is open must be in sight. */
function seen(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

function Shown({ page, detail, isAdmin, inApp }: { page: string; detail: string | undefined; isAdmin: boolean; inApp: boolean }) {
  switch (page) {
    case 'profile': return <ProfilePage />
    case 'devices': return <DevicesPage />
    case 'computer': return inApp ? <ComputerPage /> : <EmptyState title={settingsText.gone} />
    case 'people': return isAdmin ? <PeoplePage /> : <Denied />
    case 'desks': return detail ? <DeskPage key={detail} id={detail === 'new' ? undefined : (detail as DeskId)} /> : <DesksPage />
    case 'calls': return isAdmin ? <CallsPage /> : <Denied />
    case 'tickets': return <TicketsPage />
    case 'privacy': return <PrivacyPage />
    case 'kept': return <KeptPage />
    default: return <EmptyState title={settingsText.gone} />
  }
}
