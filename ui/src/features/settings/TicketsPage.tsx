/** How the customer's ticket is recognised, and the bookmark that hands it over from a browser. */

import { useState } from 'react'
import { ArrowUp, Bookmark, Copy, Plus, X } from 'lucide-react'
import { Button, IconButton, Menu, TextField, toast } from '../../kit'
import type { Org, TicketPattern } from '../../protocol/wire'
import { useCommands, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { BOOKMARK } from './bookmark'
import { editOf } from './orgArgs'
import { Page, ReadOnly, SaveBar, Section, useRights, useSaving } from './parts'
import { checkPattern, isFine, TOOLS } from './patterns'
import looks from './Tickets.module.css'
import styles from './Settings.module.css'

export function TicketsPage() {
  const org = useReplica((replica) => replica.org)
  const { isAdmin } = useRights()
  if (!org) return null
  return (
    <Page title={settingsText.ticketsTitle} hint={settingsText.tickets.hint}>
      <Section title={text.firstRun.bookmark} hint={text.firstRun.bookmarkHint}>
        <Bookmarklet />
      </Section>
      <Section title={settingsText.tickets.patterns} hint={settingsText.tickets.patternsHint}>
        {isAdmin ? <Patterns key={JSON.stringify(org.ticket_patterns)} org={org} /> : <Known patterns={org.ticket_patterns} />}
      </Section>
    </Page>
  )
}

/** React refuses script addresses on principle; this one is ours, and is dragged, never followed. */
function dragged(link: HTMLAnchorElement | null): void {
  link?.setAttribute('href', BOOKMARK)
  link?.addEventListener('click', (event) => event.preventDefault())
}

function Bookmarklet() {
  const copy = () => void navigator.clipboard.writeText(BOOKMARK).then(() => toast({ title: settingsText.tickets.bookmarkCopied }))
  return (
    <div className={looks.bookmark}>
      {/* Its address is set by `dragged`. */}
      {/* oxlint-disable-next-line jsx-a11y/anchor-is-valid */}
      <a className={looks.bookmarkLink} ref={dragged} title={settingsText.tickets.bookmarkAt}>
        <Bookmark aria-hidden="true" /> {text.firstRun.bookmarkName}
      </a>
      <Button tone="quiet" icon={<Copy />} onPress={copy}>
        {text.common.copy}
      </Button>
    </div>
  )
}

function Known({ patterns }: { patterns: readonly TicketPattern[] }) {
  return (
    <>
      <ReadOnly />
      {patterns.length === 0 && <p className={styles.quiet}>{settingsText.tickets.empty}</p>}
      <ul className={styles.rows}>
        {patterns.map((pattern) => (
          <li key={pattern.label + pattern.address} className={styles.row}>
            <span className={styles.rowWords}>
              <strong>{pattern.label}</strong>
              <code className={styles.code}>{pattern.address || pattern.title}</code>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** A line and a name that stays with it while lines move. */
interface Line {
  key: number
  pattern: TicketPattern
}

function Patterns({ org }: { org: Org }) {
  const commands = useCommands()
  const { saving, save } = useSaving()
  const start = (): Line[] => org.ticket_patterns.map((pattern, key) => ({ key, pattern }))
  const [lines, setLines] = useState(start)
  const patterns = lines.map(({ pattern }) => pattern)
  const dirty = JSON.stringify(patterns) !== JSON.stringify(org.ticket_patterns)
  const add = (pattern: TicketPattern) => setLines([...lines, { key: Math.max(-1, ...lines.map(({ key }) => key)) + 1, pattern }])
  const change = (key: number, change: Partial<TicketPattern>) => setLines(lines.map((line) => (line.key === key ? { key, pattern: { ...line.pattern, ...change } } : line)))
  const up = (index: number) => setLines(lines.map((line, i) => (i === index - 1 ? (lines[index] ?? line) : i === index ? (lines[index - 1] ?? line) : line)))
  const missing = TOOLS.filter((tool) => !patterns.some(({ address }) => address === tool.pattern.address))
  return (
    <div className={styles.form}>
      {lines.length === 0 && <p className={styles.quiet}>{settingsText.tickets.empty}</p>}
      {lines.map(({ key, pattern }, index) => {
        const problems = checkPattern(pattern)
        const errorOf = (field: keyof typeof problems) => problems[field] && settingsText.tickets.errors[problems[field]]
        const name = pattern.label || settingsText.tickets.ownTool
        return (
          <fieldset key={key} className={looks.pattern}>
            <legend className="unseen">{name}</legend>
            <TextField label={settingsText.tickets.label} value={pattern.label} onChange={(label) => change(key, { label })} error={errorOf('label')} maxLength={20} />
            <TextField label={settingsText.tickets.address} value={pattern.address} onChange={(address) => change(key, { address })} error={errorOf('address')} placeholder="https://*.example.com/tickets/{id}" spellCheck="false" />
            <TextField label={settingsText.tickets.titleField} value={pattern.title} onChange={(title) => change(key, { title })} error={errorOf('title')} placeholder="*Ticket #{id}*" spellCheck="false" />
            <span className={looks.patternActions}>
              <IconButton label={settingsText.tickets.up(name)} small isDisabled={index === 0} onPress={() => up(index)}>
                <ArrowUp />
              </IconButton>
              <IconButton label={settingsText.tickets.remove(name)} small onPress={() => setLines(lines.filter((line) => line.key !== key))}>
                <X />
              </IconButton>
            </span>
          </fieldset>
        )
      })}
      <div>
        <Menu
          label={settingsText.tickets.add}
          actions={[
            ...missing.map(({ name, pattern }) => ({ id: name, name, hint: pattern.address, act: () => add(pattern) })),
            { id: 'own', name: settingsText.tickets.ownTool, act: () => add({ label: '', address: 'https://', title: '' }) },
          ]}
        >
          <Button icon={<Plus />}>{settingsText.tickets.add}</Button>
        </Menu>
      </div>
      <SaveBar saving={saving} dirty={dirty} wrong={!patterns.every(isFine)} onSave={() => save(commands.editOrg(editOf(org, { ticket_patterns: patterns })))} onDiscard={() => setLines(start())} />
    </div>
  )
}
