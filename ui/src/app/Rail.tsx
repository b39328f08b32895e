/** The rail: where one can go, with the only two counts that matter, and who one is. */

import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import { BadgeQuestionMark, CircleCheckBig, Clock, Coffee, Inbox as InboxIcon, Keyboard, LogOut, Moon, PenLine, PhoneCall, Search, Settings, SquareKanban, User, Users } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import { openAsk } from '../features/ask/open'
import { helpsAt } from '../features/inbox/groups'
import { openKeys } from '../features/keys/KeysSheet'
import { openPalette } from '../features/palette/Palette'
import { openStatus } from '../features/people/StatusDialog'
import { statusWords } from '../features/people/status'
import { Avatar, IconButton, Menu } from '../kit'
import type { Request, Status } from '../protocol/wire'
import { useCommands, useHost, useMe, useNow, usePerson, useWorld } from '../replica/hooks'
import type { Replica } from '../replica/replica'
import { Tally } from '../replica/tally'
import { text } from '../text'
import { attempt } from './attempt'
import { Link, go } from './router'
import styles from './Rail.module.css'

const STATUSES: { id: Status; icon: React.ReactNode }[] = [
  { id: 'available', icon: <User /> },
  { id: 'on_call', icon: <PhoneCall /> },
  { id: 'away', icon: <Coffee /> },
  { id: 'off', icon: <Moon /> },
]

export function Rail({ path }: { path: string }) {
  const me = useMe()
  const mine = useCount(useCallback((one: Request) => one.asker === me && (one.state === 'answered' || one.state === 'waiting_asker'), [me]))
  const live = useCount(
    useCallback((one: Request, replica: Replica) => one.state === 'open' && one.urgency === 'live' && one.asker !== me && helpsAt(replica.desks.get(one.desk), me), [me]),
  )
  const inInbox = path === '/' || path.startsWith('/r/')
  return (
    <nav className={styles.rail} aria-label={text.rail.label}>
      <Place to="/" name={text.rail.inbox} note={live > 0 ? text.rail.customersWaiting(live) : mine > 0 ? text.rail.waitingForYou(mine) : ''} here={inInbox} icon={<InboxIcon />}>
        {live > 0 && <span className={styles.count} data-live>{live}</span>}
        {live === 0 && mine > 0 && <span className={styles.count}>{mine}</span>}
      </Place>
      <Place to="/solved" name={text.rail.solved} here={path.startsWith('/solved')} icon={<CircleCheckBig />} />
      <Place to="/board" name={text.rail.board} here={/^\/(board|rota|shift)/.test(path)} icon={<SquareKanban />} />
      <Place to="/people" name={text.rail.people} here={path === '/people'} icon={<Users />} />
      <span className={styles.grow} />
      <IconButton label={text.rail.ask} keys="A" onPress={() => openAsk()}>
        <PenLine />
      </IconButton>
      <IconButton label={text.rail.search} keys="Mod+K" onPress={openPalette}>
        <Search />
      </IconButton>
      <span className={styles.wideOnly}>
        <IconButton label={text.rail.keys} keys="?" onPress={openKeys}>
          <Keyboard />
        </IconButton>
      </span>
      <Place to="/settings" name={text.rail.settings} here={path.startsWith('/settings')} icon={<Settings />} />
      <Presence />
    </nav>
  )
}

function useCount(fits: (request: Request, replica: Replica) => boolean): number {
  const { replica } = useWorld()
  const tally = useMemo(() => new Tally(replica, fits), [replica, fits])
  useEffect(() => tally.follow(), [tally])
  return useSyncExternalStore(replica.subscribe, tally.count)
}

function Place({ to, name, note, here, icon, children }: { to: string; name: string; note?: string; here: boolean; icon: React.ReactNode; children?: React.ReactNode }) {
  return (
    <Link to={to} className={styles.place} aria-current={here ? 'page' : undefined} title={name} aria-label={note ? `${name}, ${note}` : name}>
      {icon}
      {children}
    </Link>
  )
}

function Presence() {
  const me = useMe()
  const person = usePerson(me)
  const commands = useCommands()
  const { account } = useHost()
  const now = useNow()
  if (!person) return null
  const until = person.status_until !== null && person.status_until > now
  return (
    <Menu
      label={text.presence.title}
      title={text.presence.title}
      actions={[
        ...(person.status_unconfirmed
          ? [{ id: 'still', icon: <BadgeQuestionMark />, name: text.reach.confirm(text.reach.said[person.status]), hint: text.reach.confirmHint, act: () => attempt(commands.setStatus({ status: person.status, until: null })) }]
          : []),
        ...STATUSES.map(({ id, icon }) => ({
          id, icon, name: text.status[id], hint: text.statusHint[id], chosen: person.status === id, act: () => attempt(commands.setStatus({ status: id, until: null })),
        })),
        { id: 'until', icon: <Clock />, name: text.reach.choose, ...(until && { hint: statusWords(person, now) }), act: openStatus },
        { id: 'profile', icon: <Settings />, name: text.presence.profile, act: () => go('/settings/profile') },
        { id: 'out', icon: <LogOut />, name: text.presence.signOut, act: () => void account.signOut() },
      ]}
    >
      <AriaButton className={styles.presence ?? ''} aria-label={text.presence.label(statusWords(person, now))}>
        <Avatar name={person.name} size="l" />
        <StatusMark status={person.status} unconfirmed={person.status_unconfirmed} />
      </AriaButton>
    </Menu>
  )
}

/** Each status has its shape, and what is not confirmed is only outlined; colour only helps. */
export function StatusMark({ status, connected = true, unconfirmed = false }: { status: Status; connected?: boolean; unconfirmed?: boolean }) {
  return <span className={styles.mark} data-status={connected ? status : 'off'} data-unconfirmed={(connected && unconfirmed) || undefined} aria-hidden="true" />
}

