/** All desks one may see; its owner and admins change a desk, leads and admins open one. */

import { CalendarClock, ChevronRight, Plus } from 'lucide-react'
import { go, Link } from '../../app/router'
import { Avatar, Button, Chip, EmptyState } from '../../kit'
import type { DeskId } from '../../protocol/wire'
import { usePerson, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { summary } from './hours'
import { Page, useRights } from './parts'
import styles from './Settings.module.css'

export function DesksPage() {
  const { isLead } = useRights()
  const desks = useReplica((replica) => [...replica.desks.values()])
  const ids = desks.sort((a, b) => Number(a.closed) - Number(b.closed) || a.name.localeCompare(b.name)).map(({ id }) => id)
  const open = (
    <Button tone="primary" icon={<Plus />} onPress={() => go('/settings/desks/new')}>
      {text.desks.open}
    </Button>
  )
  return (
    <Page title={text.desks.title} hint={text.desks.hint} action={isLead && ids.length > 0 && open}>
      {ids.length === 0 ? (
        <EmptyState icon={<CalendarClock />} title={text.desks.empty} action={isLead && open}>
          {text.desks.emptyHint}
        </EmptyState>
      ) : (
        <ul className={styles.rows}>
          {ids.map((id) => (
            <Line key={id} id={id} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function Line({ id }: { id: DeskId }) {
  const desk = useReplica((replica) => replica.desks.get(id))
  const owner = usePerson(desk?.owner)
  if (!desk) return null
  return (
    <li>
      <Link to={`/settings/desks/${id}`} className={styles.rowLink}>
        <Avatar name={owner?.name ?? ''} size="l" dim={desk.closed} />
        <span className={styles.rowWords}>
          <strong>{desk.name}</strong>
          <span className={styles.quiet}>{desk.purpose}</span>
          <span className={styles.quiet}>
            {owner && text.desks.ownedBy(owner.name)}, {desk.helpers.kind === 'everyone' ? settingsText.desks.everyone : settingsText.desks.helpersCount(desk.helpers.people.length)}; {summary(desk.hours)}
          </span>
          {(desk.closed || desk.audience !== 'open' || desk.review_before_upload || desk.system_sound) && (
            <span className={styles.facts}>
              {desk.closed && <Chip>{text.desks.closed}</Chip>}
              {desk.audience === 'private' && <Chip>{settingsText.desks.private}</Chip>}
              {desk.audience === 'vetted' && <Chip>{settingsText.vetted.chip}</Chip>}
              {desk.review_before_upload && <Chip>{settingsText.desks.reviewed}</Chip>}
              {desk.system_sound && <Chip>{text.desks.systemSound.chip}</Chip>}
            </span>
          )}
        </span>
        <ChevronRight aria-hidden="true" className={styles.chevron} />
      </Link>
    </li>
  )
}
