/**
 * Where to ask: every desk one may see on one page, to be read here or printed and put on a wall. It is made of the desks
 * alone, so nobody keeps it up; its version says how new it is, and what has changed since the one on the wall.
 */

import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { Lock, MapPinned, Printer } from 'lucide-react'
import { useKeys } from '../../app/keys'
import { useHash } from '../../app/router'
import { Button, EmptyState, Select, Skeleton, Switch } from '../../kit'
import { useNow, useReplica } from '../../replica/hooks'
import { day, dayAhead, dayAndHour, length, list, text } from '../../text'
import rota from '../rota/Rota.module.css'
import { sheetOf, type Entry, type Named, type Sheet } from './sheet'
import styles from './Where.module.css'

const words = text.where
const NONE = 'none'

export function WhereScreen() {
  const loaded = useReplica((replica) => replica.loaded)
  const org = useReplica((replica) => replica.org)
  const version = useReplica((replica) => replica.version)
  const now = useNow(60_000)
  const { desks, people } = useReplica((replica) => replica)
  const [chosen, choose] = useState<string | undefined>()
  const [withPrivate, setWithPrivate] = useState(false)
  const hash = useHash()
  // oxlint-disable-next-line react/exhaustive-deps
  const latest = useMemo(() => sheetOf({ org, desks, people }, undefined, now), [org, desks, people, version, now])
  const since = chosen === NONE ? undefined : chosen === undefined ? latest.earlier[0] : Number(chosen)
  // oxlint-disable-next-line react/exhaustive-deps
  const sheet = useMemo(() => sheetOf({ org, desks, people }, since, now), [org, desks, people, version, since, now])
  useEffect(() => {
    if (loaded && hash) document.getElementById(hash)?.scrollIntoView()
  }, [loaded, hash])
  useKeys(words.keys.group, [{ keys: 'P', name: words.keys.print, act: () => window.print() }])
  if (!loaded) return <Skeleton label={text.common.loading} rows={6} />
  if (sheet.desks.length === 0) {
    return (
      <main className={rota.screen} aria-label={words.title}>
        <EmptyState icon={<MapPinned />} title={words.empty}>{words.emptyHint}</EmptyState>
      </main>
    )
  }
  const hasPrivate = sheet.desks.some(({ audience }) => audience === 'private')
  return (
    <main className={`${rota.screen} ${styles.screen}`} aria-label={words.title} data-print="page">
      <div className={styles.sheet}>
        <header className={styles.head}>
          <div className={styles.title}>
            <h1>{words.title}</h1>
            <p className={styles.version}>
              {sheet.org} · {sheet.version === undefined ? words.firstVersion : words.version(dayAndHour(sheet.version))}
              <span className={styles.onPaper}> · {words.printed(day(now))}</span>
            </p>
          </div>
          <div className={styles.tools} data-print="no">
            {latest.earlier.length > 0 && (
              <Select
                label={words.since}
                value={since === undefined ? NONE : String(since)}
                onChange={choose}
                choices={[...latest.earlier.map((at) => ({ id: String(at), name: dayAndHour(at) })), { id: NONE, name: words.sinceAll }]}
              />
            )}
            <Button tone="primary" icon={<Printer />} onPress={() => window.print()}>{words.print}</Button>
          </div>
        </header>
        <div className={styles.body}>
          <p className={styles.hint} data-print="no">{words.hint}</p>
          {hasPrivate && (
            <div data-print="no" className={styles.hint}>
              <Switch on={withPrivate} onChange={setWithPrivate} hint={words.withPrivateHint}>{words.withPrivate}</Switch>
            </div>
          )}
          {since !== undefined && <Changes sheet={sheet} since={since} withPrivate={withPrivate} />}
          {sheet.desks.map((desk) => (
            <DeskPart key={desk.id} desk={desk} onPaper={withPrivate || desk.audience !== 'private'} />
          ))}
          <section className={styles.desk} aria-labelledby="everywhere">
            <h2 id="everywhere">{words.everywhere}</h2>
            <p>{words.closedHint} {words.closedLive} {words.inHours}</p>
          </section>
        </div>
      </div>
    </main>
  )
}

function Changes({ sheet, since, withPrivate }: { sheet: Sheet; since: number; withPrivate: boolean }) {
  const changed = sheet.desks.filter((desk) => desk.changed.length > 0)
  return (
    <section className={styles.changes} aria-labelledby="changed">
      <h2 id="changed">{words.changedTitle(dayAndHour(since))}</h2>
      {changed.length === 0 && sheet.gone.length === 0 ? (
        <p>{words.nothingChanged}</p>
      ) : (
        <ul>
          {changed.map((desk) => (
            <li key={desk.id} data-print={withPrivate || desk.audience !== 'private' ? undefined : 'no'}>
              <a href={`#${desk.id}`}>{desk.name}</a>: {desk.changed.includes('opened') ? words.isNew : fieldsOf(desk)}
            </li>
          ))}
          {sheet.gone.map((name) => (
            <li key={name}>{words.changedAt(name, text.desks.closed)}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

function DeskPart({ desk, onPaper }: { desk: Entry; onPaper: boolean }) {
  const leads = [desk.deputy, desk.owner].filter((one) => one !== undefined).map(ext)
  return (
    <section className={styles.desk} id={desk.id} aria-labelledby={`name-${desk.id}`} data-print={onPaper ? undefined : 'no'}>
      <header>
        <h2 id={`name-${desk.id}`}>
          {desk.audience === 'private' && <Lock aria-hidden="true" />}
          {desk.name}
          {desk.changed.length > 0 && <span className={styles.mark}>{desk.changed.includes('opened') ? words.isNew : words.marked}</span>}
        </h2>
        <p className={styles.purpose}>{desk.purpose}</p>
      </header>
      <dl className={styles.facts}>
        <Fact name={words.hours}>
          <p>{desk.hours} <span className={styles.quiet}>({words.zone(desk.zone)})</span></p>
          {desk.special.map(({ at, name, hours }) => (
            <p key={at}>{words.special(dayAhead(at, desk.zone), name, hours)}</p>
          ))}
        </Fact>
        <Fact name={words.who}><p>{[words.whoWords[desk.audience](list(desk.vetters)), ...text.posting.rules(desk.posting)].join(' ')}</p></Fact>
        <Fact name={words.have}>
          {desk.hints.length + desk.fields.length === 0 ? (
            <p>{words.nothingToHave}</p>
          ) : (
            <ul>
              {desk.fields.map((field) => <li key={field}>{words.required(field)}</li>)}
              {desk.hints.map((hint) => <li key={hint}>{hint}</li>)}
            </ul>
          )}
        </Fact>
        <Fact name={words.people}>
          <p>{words.owner(ext(desk.owner))}</p>
          <p>{desk.deputy ? words.deputy(ext(desk.deputy)) : words.members}</p>
        </Fact>
        <Fact name={words.standards}>
          {desk.standards.length === 0 ? (
            <p>{words.noPromise}</p>
          ) : (
            desk.standards.map(({ urgency, first, solve }) => (
              <p key={urgency}>{words.standard[urgency]([first !== undefined && words.first(unbroken(length(first))), solve !== undefined && words.solve(unbroken(length(solve)))].filter(Boolean).join(', '))}</p>
            ))
          )}
        </Fact>
        <Fact name={words.nobody}>
          <p>{words.nobodyWords(list(leads))} {desk.escalation && words.escalates(desk.escalation)}</p>
        </Fact>
        <Fact name={words.closed}>
          <p>{leads.length === 1 ? words.closedCriticalOne(leads[0] ?? '') : words.closedCritical(list(leads))}</p>
        </Fact>
        {desk.guidelines && <Fact name={words.guidelines}><p className={styles.long}>{desk.guidelines}</p></Fact>}
      </dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function ext({ name, phone }: Named): string {
  return words.ext(name || text.common.someone, phone)
}

function fieldsOf({ changed }: Entry): string {
  return list(changed.map((field) => text.affected.fields[field] ?? field))
}

/** `4 h` is not torn apart at the end of a line. */
function unbroken(words: string): string {
  return words.replaceAll(' ', '\u00a0')
}
