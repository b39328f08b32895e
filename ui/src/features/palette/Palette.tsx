/**
 * Ctrl+K: search, go anywhere, do anything. What is here is found at once; what only the server knows comes in as
 * it answers, below, so that nothing moves under the selection. An action that needs a person asks for one in its place.
 */

import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { Autocomplete, Header, Input, ListBox, ListBoxItem, ListBoxSection, SearchField } from 'react-aria-components'
import { CalendarClock, CircleCheckBig, CircleDashed, Coffee, Handshake, Hourglass, Inbox, Keyboard, MapPinned, Moon, MoonStar, PenLine, PhoneCall, ScreenShare, Search, Settings, SquareKanban, Sun, SunMoon, User, Users } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { go } from '../../app/router'
import { setTheme } from '../../app/theme'
import { store } from '../../host/store'
import { Avatar, Dialog, Kbd } from '../../kit'
import type { Hit, PersonId, Status } from '../../protocol/wire'
import { useCommands, useHost, useMe, useReadable, useReplica, useWorld } from '../../replica/hooks'
import { text } from '../../text'
import { Marked } from '../ask/AskPanel'
import { openAsk } from '../ask/open'
import { callPerson, canShare, shareWith } from '../call/actions'
import { openKeys } from '../keys/KeysSheet'
import { awaited, title } from '../request/awaited'
import styles from './Palette.module.css'

const open = store(false)

export function openPalette(): void {
  open.set(true)
}

interface Entry {
  id: string
  name: string
  words: string
  icon: ReactNode
  note?: string
  keys?: string
  label?: ReactNode
  /** Goes on asking in the palette instead of closing it. */
  stays?: boolean
  act: () => void
}

export function Palette() {
  const shown = useReadable(open)
  return (
    <Dialog open={shown} onClose={() => open.set(false)} title={text.palette.title} quietTitle place="top" width="middle">
      <Inside />
    </Dialog>
  )
}

/** Names the list for the field that moves through it. */
const LIST = 'palette-list'

function Inside() {
  const world = useWorld()
  const { replica } = world
  const host = useHost()
  const me = useMe()
  const commands = useCommands()
  const online = useReadable(host.connection).kind === 'online'
  const [query, setQuery] = useState('')
  const [choosing, setChoosing] = useState(false)
  const [found, setFound] = useState<Hit[]>([])
  const [state, setState] = useState<'idle' | 'searching' | 'failed'>('idle')
  const requests = useReplica((replica) => replica.requests)
  const people = useReplica((replica) => replica.people)

  useEffect(() => {
    if (choosing || query.trim().length < 3) {
      setFound([])
      setState('idle')
      return
    }
    const stop = new AbortController()
    setState('searching')
    const timer = setTimeout(() => {
      host.search(query.trim(), stop.signal).then(
        ({ hits }) => !stop.signal.aborted && (setFound(hits), setState('idle')),
        () => !stop.signal.aborted && setState('failed'),
      )
    }, 120)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [choosing, host, query])

  const sections = useMemo(() => {
    const status = (id: Status, icon: ReactNode): Entry => ({ id: `status ${id}`, name: text.palette.setStatus(text.status[id]), words: '', icon, act: () => attempt(commands.setStatus({ status: id, until: null })) })
    const actions: Entry[] = [
      { id: 'ask', name: text.rail.ask, words: 'new question', icon: <PenLine />, keys: 'A', act: () => openAsk() },
      ...(canShare(replica.org) ? [{ id: 'share', name: text.call.quick, words: 'call show screen', icon: <ScreenShare />, stays: true, act: () => (setQuery(''), setChoosing(true)) }] : []),
      status('available', <User />), status('on_call', <PhoneCall />), status('away', <Coffee />), status('off', <Moon />),
      { id: 'keys', name: text.rail.keys, words: 'shortcuts help', icon: <Keyboard />, keys: '?', act: openKeys },
      { id: 'light', name: text.palette.theme.light, words: 'theme', icon: <Sun />, act: () => setTheme('light') },
      { id: 'dark', name: text.palette.theme.dark, words: 'theme', icon: <MoonStar />, act: () => setTheme('dark') },
      { id: 'system', name: text.palette.theme.system, words: 'theme', icon: <SunMoon />, act: () => setTheme('system') },
    ]
    const places: Entry[] = [
      { id: 'inbox', name: text.rail.inbox, words: '', icon: <Inbox />, act: () => go('/') },
      { id: 'solved', name: text.rail.solved, words: '', icon: <CircleCheckBig />, act: () => go('/solved') },
      { id: 'board', name: text.rail.board, words: '', icon: <SquareKanban />, act: () => go('/board') },
      { id: 'rota', name: text.rota.title, words: 'rota duty shift hours', icon: <CalendarClock />, act: () => go('/rota') },
      { id: 'shift', name: text.shift.title, words: 'hand over end of shift', icon: <Handshake />, act: () => go('/shift') },
      { id: 'still', name: text.still.title, words: 'stalled old overview', icon: <Hourglass />, act: () => go('/still') },
      { id: 'where', name: text.where.title, words: 'desks hours directory print page contact', icon: <MapPinned />, keys: 'W', act: () => go('/where') },
      { id: 'people', name: text.rail.people, words: '', icon: <Users />, act: () => go('/people') },
      { id: 'settings', name: text.rail.settings, words: 'profile desks calls privacy invite', icon: <Settings />, act: () => go('/settings') },
      { id: 'kept', name: text.settings.kept, words: 'privacy data', icon: <Settings />, act: () => go('/settings/kept') },
    ]
    const known: Entry[] = [...requests.values()]
      .sort((a, b) => b.touched_at - a.touched_at)
      .map((request) => ({
        id: request.id,
        name: title(request),
        words: `${people.get(request.asker)?.name ?? ''} ${request.ticket?.label ?? ''}`,
        icon: <CircleDashed />,
        note: awaited(request, replica, me).words,
        act: () => go(request.state === 'solved' ? `/solved/${request.id}` : `/r/${request.id}`),
      }))
    const persons: Entry[] = [...people.values()]
      .filter((person) => person.active && person.id !== me)
      .map((person) => ({
        id: person.id, name: text.call.callName(person.name), words: `${person.email} ${person.profile.topics.join(' ')} ${person.profile.team}`, icon: <Avatar name={person.name} size="s" />, note: text.status[person.status], act: () => callPerson(world, person.id),
      }))
    const whom: Entry[] = persons.map((entry) => ({ ...entry, name: text.call.shareWith(people.get(entry.id as PersonId)?.name ?? ''), act: () => shareWith(world, entry.id as PersonId) }))
    const fit = (entries: Entry[], most: number) => entries.filter((entry) => fits(query, `${entry.name} ${entry.words}`)).slice(0, most)
    if (choosing) {
      const fitting = fit(whom, 20)
      return fitting.length > 0 ? [[text.call.quick, fitting] satisfies [string, Entry[]]] : []
    }
    const local = fit(known, 6)
    const remote: Entry[] = found
      .filter((hit) => !local.some((entry) => entry.id === hit.request))
      .slice(0, 6)
      .map((hit) => ({ id: `${hit.request} ${hit.message}`, name: hit.snippet, words: '', icon: <Search />, label: <Marked hit={hit} />, note: hit.solved ? text.state.solved : '', act: () => go(hit.solved ? `/solved/${hit.request}` : `/r/${hit.request}`) }))
    const instead: Entry[] = query.trim().length > 2 ? [{ id: 'instead', name: text.palette.askInstead(query.trim()), words: '', icon: <PenLine />, act: () => openAsk({ words: query.trim() }) }] : []
    const all: [string, Entry[]][] = query
      ? [[text.palette.requests, local], [text.palette.places, fit(places, 5)], [text.palette.actions, fit(actions, 5)], [text.palette.people, fit(persons, 4)], [text.palette.found, remote], [text.rail.ask, instead]]
      : [[text.palette.actions, actions.slice(0, 4)], [text.palette.places, places], [text.palette.requests, local]]
    return all.filter(([, entries]) => entries.length > 0)
  }, [choosing, commands, found, me, people, query, replica, requests, world])

  const run = (id: string) => {
    const entry = sections.flatMap(([, entries]) => entries).find((one) => one.id === id)
    if (!entry?.stays) open.set(false)
    entry?.act()
  }

  return (
    <div
      className={styles.palette}
      onKeyDownCapture={(event) => {
        // One step back, before the dialog takes it for its own end.
        if (event.key !== 'Escape' || !choosing || query !== '') return
        event.stopPropagation()
        setChoosing(false)
      }}
    >
      <Autocomplete>
        <SearchField aria-label={text.palette.title} value={query} onChange={setQuery} autoFocus className={styles.field ?? ''}>
          <Search aria-hidden="true" />
          <Input role="combobox" aria-expanded="true" aria-controls={LIST} placeholder={choosing ? text.call.shareWhom : text.palette.placeholder} className={styles.input ?? ''} onKeyDown={(event) => event.key === 'Escape' && query === '' && open.set(false)} />
        </SearchField>
        <ListBox
          id={LIST}
          aria-label={text.palette.title}
          className={styles.list ?? ''}
          selectionMode="none"
          onAction={(key) => run(String(key))}
          renderEmptyState={() => <p className={styles.empty}>{text.palette.nothing(query)}</p>}
        >
          {sections.map(([name, entries]) => (
            <ListBoxSection key={name}>
              <Header className={styles.heading}>{name}</Header>
              {entries.map((entry) => (
                <ListBoxItem key={entry.id} id={entry.id} textValue={entry.name} className={styles.item ?? ''}>
                  {entry.icon}
                  <span className={styles.name}>{entry.label ?? entry.name}</span>
                  {entry.note && <span className={styles.note}>{entry.note}</span>}
                  {entry.keys && <Kbd keys={entry.keys} />}
                </ListBoxItem>
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </Autocomplete>
      {(state !== 'idle' || !online) && (
        <p className={styles.state} role="status">
          {!online ? text.palette.offline : state === 'failed' ? text.palette.failed : text.palette.searching}
        </p>
      )}
    </div>
  )
}

/** Every word typed is somewhere in it. */
function fits(query: string, words: string): boolean {
  const haystack = words.toLowerCase()
  return query.toLowerCase().split(/\s+/).every((word) => haystack.includes(word))
}

