/** "What Deskside keeps": the server's own table of every field, for everyone to read. */

import { Fragment, useCallback, useState } from 'react'
import { CircleAlert, Search, SearchX } from 'lucide-react'
import { Button, EmptyState, Note, Skeleton, TextField } from '../../kit'
import type { Kept } from '../../protocol/wire'
import { useHost, useReadable } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { useFetched } from './fetched'
import { Page } from './parts'
import looks from './Kept.module.css'

export function KeptPage() {
  const { account, connection } = useHost()
  const { fetched, again } = useFetched(useCallback(() => account.kept(), [account]))
  const [query, setQuery] = useState('')
  const isOffline = useReadable(connection).kind === 'offline'
  const search = <TextField label={settingsText.kept.search} quietLabel placeholder={settingsText.kept.search} value={query} onChange={setQuery} start={<Search />} />
  return (
    <Page title={text.kept.title} hint={`${text.kept.hint} ${settingsText.kept.never}`} wide action={fetched.kind === 'there' && search}>
      {fetched.kind === 'waiting' && <Skeleton label={text.common.loading} rows={8} />}
      {fetched.kind === 'failed' && (
        <Note tone="danger" role="alert" icon={<CircleAlert />} action={<Button small onPress={again}>{text.common.retry}</Button>}>
          {isOffline ? settingsText.offline : text.kept.failed}
        </Note>
      )}
      {fetched.kind === 'there' && <Tables lines={matching(fetched.value, query)} />}
    </Page>
  )
}

function matching(lines: readonly Kept[], query: string): Kept[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return lines.filter((line) => {
    const all = [nameOf(line.table), line.table, ...Object.values(line)].join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

function nameOf(table: string): string {
  return settingsText.kept.tables[table] ?? table
}

/** Lines of one table that are read by the same people for the same time stand together: what differs is what they are for. */
function grouped(lines: readonly Kept[]): { table: string; groups: { seenBy: string; howLong: string; lines: Kept[] }[] }[] {
  const tables = new Map<string, Map<string, Kept[]>>()
  for (const line of lines) {
    const groups = tables.get(line.table) ?? new Map<string, Kept[]>()
    const key = `${line.seen_by}\n${line.how_long}`
    groups.set(key, [...(groups.get(key) ?? []), line])
    tables.set(line.table, groups)
  }
  return [...tables].map(([table, groups]) => ({
    table,
    groups: [...groups.values()].map((lines) => ({ seenBy: lines[0]?.seen_by ?? '', howLong: lines[0]?.how_long ?? '', lines })),
  }))
}

/** It may end a line after an underline, and nowhere else. */
function FieldName({ name }: { name: string }) {
  return name.split(/(?<=_)/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}

function Tables({ lines }: { lines: readonly Kept[] }) {
  if (lines.length === 0) return <EmptyState icon={<SearchX />} title={settingsText.kept.nothing} />
  return grouped(lines).map(({ table, groups }) => (
    <section key={table} className={looks.kept} aria-label={nameOf(table)}>
      <h2>{nameOf(table)}</h2>
      {groups.map((group) => (
        <div key={group.seenBy + group.howLong} className={looks.keptGroup}>
          <dl className={looks.keptFacts}>
            <dt>{text.kept.seenBy}</dt>
            <dd>{group.seenBy}</dd>
            <dt>{text.kept.howLong}</dt>
            <dd>{group.howLong}</dd>
          </dl>
          <table className={looks.table}>
            <thead className="unseen">
              <tr>
                <th scope="col">{text.kept.field}</th>
                <th scope="col">{text.kept.purpose}</th>
              </tr>
            </thead>
            <tbody>
              {group.lines.map((line) => (
                <tr key={line.field}>
                  <th scope="row"><FieldName name={line.field} /></th>
                  <td>{line.purpose}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </section>
  ))
}
