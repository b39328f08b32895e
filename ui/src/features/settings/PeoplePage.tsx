/** For admins: who belongs here with which rights, and who may still join. In the order of names; nobody is counted. */

import { useState } from 'react'
import { EllipsisVertical, KeyRound, Search, ShieldCheck, UserPlus, UserRoundCheck, UserRoundX, UserSearch } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { Avatar, Button, Chip, EmptyState, IconButton, Menu, TextField, toast, type MenuAction } from '../../kit'
import type { Person, PersonId, Role } from '../../protocol/wire'
import { useCommands, useMe, usePerson, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { DeactivateDialog } from './DeactivateDialog'
import { InviteDialog } from './InviteDialog'
import { Invites } from './Invites'
import { Page, Section } from './parts'
import { PasswordLinkDialog } from './PasswordLinkDialog'
import looks from './People.module.css'
import styles from './Settings.module.css'

type Asked = { what: 'invite' } | { what: 'password' | 'deactivate'; person: PersonId }
const ROLES: readonly Role[] = ['agent', 'lead', 'admin']

export function PeoplePage() {
  const [query, setQuery] = useState('')
  const [asked, setAsked] = useState<Asked | undefined>()
  const people = useReplica((replica) => [...replica.people.values()])
  const shown = people
    .filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(query.trim().toLowerCase()))
    .sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name))
  const close = () => setAsked(undefined)
  return (
    <Page
      title={text.settings.people}
      hint={settingsText.people.hint}
      action={
        <Button tone="primary" icon={<UserPlus />} onPress={() => setAsked({ what: 'invite' })}>
          {text.people.invite}
        </Button>
      }
    >
      <Section title={text.people.open} hint={settingsText.people.inviteHint}>
        <Invites />
      </Section>
      <section className={looks.list} aria-label={settingsText.people.members}>
        <header className={looks.listHeader}>
          <h2>{settingsText.people.members}</h2>
          <TextField label={text.people.search} quietLabel placeholder={text.people.search} value={query} onChange={setQuery} start={<Search />} />
        </header>
        {shown.length === 0 ? (
          <EmptyState icon={<UserSearch />} title={text.people.empty} />
        ) : (
          <ul className={styles.rows}>
            {shown.map(({ id }) => (
              <Line key={id} id={id} onAsk={setAsked} />
            ))}
          </ul>
        )}
      </section>
      {asked?.what === 'invite' && <InviteDialog onClose={close} />}
      {asked?.what === 'password' && <PasswordLinkDialog id={asked.person} onClose={close} />}
      {asked?.what === 'deactivate' && <DeactivateDialog id={asked.person} onClose={close} />}
    </Page>
  )
}

function Line({ id, onAsk }: { id: PersonId; onAsk: (asked: Asked) => void }) {
  const person = usePerson(id)
  const me = useMe()
  const commands = useCommands()
  const admins = useReplica((replica) => [...replica.people.values()].filter((one) => one.active && one.role === 'admin').length)
  if (!person) return null
  return (
    <li className={styles.row}>
      <Avatar name={person.name} size="l" dim={!person.active} />
      <span className={styles.rowWords}>
        <strong>
          {person.name} {id === me && <span className={styles.quiet}>({text.people.you})</span>}
        </strong>
        <span className={styles.quiet}>{person.email}</span>
      </span>
      {!person.active ? <Chip>{text.people.deactivated}</Chip> : <span className={looks.role}>{text.role[person.role]}</span>}
      <Menu label={text.people.manage(person.name)} actions={actionsFor(person, { isMe: id === me, isLastAdmin: person.role === 'admin' && admins === 1, commands, onAsk })}>
        <IconButton label={text.people.manage(person.name)} small>
          <EllipsisVertical />
        </IconButton>
      </Menu>
    </li>
  )
}

function actionsFor(
  person: Person,
  { isMe, isLastAdmin, commands, onAsk }: { isMe: boolean; isLastAdmin: boolean; commands: ReturnType<typeof useCommands>; onAsk: (asked: Asked) => void },
): MenuAction[] {
  if (!person.active) {
    return [
      {
        id: 'reactivate', name: text.people.reactivate, icon: <UserRoundCheck />,
        act: () => attempt(commands.reactivate({ person: person.id }), () => toast({ title: settingsText.people.reactivated(person.name) })),
      },
    ]
  }
  return [
    ...ROLES.map((role) => ({
      id: role,
      name: text.role[role],
      hint: text.roleHint[role],
      icon: <ShieldCheck />,
      chosen: person.role === role,
      disabled: isLastAdmin && role !== 'admin',
      act: () => {
        if (role === person.role) return
        const back = person.role
        attempt(commands.setRole({ person: person.id, role }), () =>
          toast({
            title: settingsText.people.roleOf(person.name, text.role[role].toLowerCase()),
            ...(isMe ? {} : { action: { name: text.common.undo, act: () => attempt(commands.setRole({ person: person.id, role: back })) } }),
          }),
        )
      },
    })),
    { id: 'password', name: text.people.passwordLink, icon: <KeyRound />, act: () => onAsk({ what: 'password', person: person.id }) },
    {
      id: 'deactivate', name: `${text.people.deactivate}…`, icon: <UserRoundX />, danger: true, disabled: isLastAdmin,
      ...(isLastAdmin ? { hint: settingsText.people.lastAdmin } : {}),
      act: () => onAsk({ what: 'deactivate', person: person.id }),
    },
  ]
}
