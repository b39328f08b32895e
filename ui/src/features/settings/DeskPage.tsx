/** One desk: opened by leads and admins, changed by its owner and admins, read by everyone who sees it. */

import { useState } from 'react'
import { ArrowLeft, CalendarClock, Lock } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { go, Link } from '../../app/router'
import { Avatar, Button, Dialog, EmptyState, Note, Select, Switch, TextField, toast } from '../../kit'
import type { DeskChanging } from '../../host/host'
import type { Desk, DeskId, EditDesk, PersonId } from '../../protocol/wire'
import { useCommands, useHost, useMe, usePerson, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { settingsText } from '../../text/settings'
import { AffectedNote } from './AffectedNote'
import { charterDraft, type CharterDraft, CharterFields, charterOf } from './CharterFields'
import { History } from './History'
import { HoursField } from './HoursField'
import { hoursOf, OFFICE, weekOf, type Week } from './hours'
import { Choices, Denied, Page, SaveBar, Section, useRights, useSaving } from './parts'
import { PeopleField } from './PeopleField'
import { SpecialDaysField } from './SpecialDaysField'
import { checkProvider } from './provider'
import { ProviderField, secretOf } from './ProviderField'
import { SystemSoundField } from './SystemSoundField'
import { ZoneField } from './ZoneField'
import styles from './Settings.module.css'

/** `id` of a desk that is there, or nothing to open a new one. */
export function DeskPage({ id }: { id: DeskId | undefined }) {
  const desk = useReplica((replica) => (id ? replica.desks.get(id) : undefined))
  const { isLead } = useRights()
  if (!id) return isLead ? <Form desk={undefined} may /> : <Denied />
  if (!desk) return <EmptyState title={text.inbox.gone} action={<Button onPress={() => go('/settings/desks')}>{settingsText.desks.back}</Button>} />
  return <Known key={desk.id} desk={desk} />
}

function Known({ desk }: { desk: Desk }) {
  const me = useMe()
  const { isAdmin } = useRights()
  return <Form desk={desk} may={isAdmin || desk.owner === me} />
}

interface Draft extends Omit<EditDesk, 'hours' | 'desk'> {
  week: Week
  charter: CharterDraft | undefined
}

function draftOf(desk: Desk | undefined, me: PersonId): Draft {
  if (!desk) {
    return {
      name: '', purpose: '', owner: me, helpers: { kind: 'everyone' }, audience: 'open', week: OFFICE, zone: '', provider: null, review_before_upload: false, closed: false,
      charter: undefined,
    }
  }
  const { name, purpose, owner, helpers, audience, hours, zone, provider, review_before_upload, closed } = desk
  return { name, purpose, owner, helpers, audience, week: weekOf(hours), zone, provider, review_before_upload, closed, charter: charterDraft(desk.service) }
}

function Form({ desk, may }: { desk: Desk | undefined; may: boolean }) {
  const me = useMe()
  const host = useHost()
  const commands = useCommands()
  const { saving, save } = useSaving()
  const org = useReplica((replica) => replica.org)
  const people = useReplica((replica) => [...replica.people.values()])
  const owner = usePerson(desk?.owner)
  // Only what was typed is kept, so that a change made elsewhere meanwhile shows, and takes nothing typed away.
  const [typed, setTyped] = useState<Partial<Draft>>({})
  const start = draftOf(desk, me)
  const draft = { ...start, ...typed }
  const [secret, setSecret] = useState('')
  const [tried, setTried] = useState(false)
  const [closing, setClosing] = useState(false)
  const change = (change: Partial<Draft>) => setTyped((old) => ({ ...old, ...change }))

  const hours = hoursOf(draft.week)
  const signs = secretOf(draft.provider)
  const known = signs !== undefined && secretOf(start.provider) === signs
  const nameProblem = draft.name.trim() === '' ? settingsText.desks.nameNeeded : undefined
  const noHelpers = draft.helpers.kind === 'these' && draft.helpers.people.length === 0
  const badProvider = (draft.provider !== null && Object.keys(checkProvider(draft.provider)).length > 0) || (signs !== undefined && !known && secret === '')
  const charter = desk && draft.charter && charterOf(draft.charter, desk.service)
  const isVetted = draft.audience === 'vetted'
  const noVetters = isVetted && draft.charter?.vetters.length === 0
  const wrong = Boolean(nameProblem) || noVetters || (desk !== undefined && !charter) || noHelpers || !hours || hours.length === 0 || badProvider
  const dirty = JSON.stringify(draft) !== JSON.stringify(start) || secret !== ''

  const forget = () => {
    setTyped({})
    setSecret('')
  }
  /** What Save would change of a desk that is there. */
  const changes = (final: Draft = draft): DeskChanging[] => {
    if (!desk || !hours) return []
    const { week: _, charter: __, ...rest } = final
    return [
      // Its vetters first: a vetted desk without any would lead nowhere.
      ...(charter && JSON.stringify(charter) !== JSON.stringify(desk.service) ? [{ kind: 'arrange_desk' as const, args: { desk: desk.id, service: charter } }] : []),
      { kind: 'edit_desk', args: { ...rest, desk: desk.id, hours, name: rest.name.trim(), purpose: rest.purpose.trim() } },
    ]
  }
  const send = async (final: Draft) => {
    if (!hours) return
    const { week: _, charter: __, ...rest } = final
    if (desk) {
      if (signs && secret) await commands.keepSecret({ name: `${signs}:${desk.id}`, value: secret })
      for (const change of changes(final)) await host.send(change)
      forget()
      return
    }
    const id = host.id<DeskId>()
    await commands.openDesk({ desk: id, name: rest.name.trim(), purpose: rest.purpose.trim(), owner: rest.owner, helpers: rest.helpers, audience: rest.audience, hours, zone: rest.zone })
    toast({ title: settingsText.desks.opened(rest.name.trim()) })
    go(`/settings/desks/${id}`, 'replace')
  }
  const submit = () => {
    setTried(true)
    if (!wrong) save(send(draft))
  }
  const close = () => {
    setClosing(false)
    save(send({ ...draft, closed: true }))
  }
  const reopen = () => attempt(send({ ...draft, closed: false }))

  return (
    <Page title={desk ? desk.name : settingsText.desks.newTitle} hint={desk ? desk.purpose : settingsText.desks.intro}>
      <Link to="/settings/desks" className={styles.backLink}>
        <ArrowLeft aria-hidden="true" /> {settingsText.desks.back}
      </Link>
      {desk?.closed && (
        <Note action={may && <Button small onPress={reopen}>{settingsText.desks.reopen}</Button>}>{`${text.desks.closed}. ${text.desks.closeHint}`}</Note>
      )}
      {!may && owner && <Note icon={<Lock />}>{settingsText.desks.onlyOwner(owner.name)}</Note>}
      <Section title={text.desks.name}>
        <TextField label={text.desks.name} hint={text.desks.nameHint} value={draft.name} onChange={(name) => change({ name })} error={tried || desk ? nameProblem : undefined} isDisabled={!may} maxLength={100} autoFocus={!desk} />
        <TextField label={text.desks.purpose} hint={settingsText.desks.purposeHint} value={draft.purpose} onChange={(purpose) => change({ purpose })} isDisabled={!may} maxLength={300} />
      </Section>
      <Section title={`${text.desks.owner}, ${text.desks.helpers.toLowerCase()}`} hint={settingsText.desks.helpersHint}>
        <Select
          label={text.desks.owner}
          hint={text.desks.ownerHint}
          value={draft.owner}
          onChange={(owner) => change({ owner })}
          disabled={!may}
          choices={people
            .filter((person) => person.active || person.id === draft.owner)
            .sort((a, b) => a.name.localeCompare(b.name))
            .map(({ id, name }) => ({ id, name, icon: <Avatar name={name} size="s" /> }))}
        />
        <Choices
          label={text.desks.helpers}
          columns
          disabled={!may}
          value={draft.helpers.kind}
          onChange={(kind) => change({ helpers: kind === 'everyone' ? { kind } : { kind, people: [draft.owner] } })}
          choices={[
            { id: 'everyone', name: text.desks.everyone },
            { id: 'these', name: text.desks.these },
          ]}
        />
        {draft.helpers.kind === 'these' && may && <PeopleField label={settingsText.desks.choosePeople} chosen={draft.helpers.people} onChange={(people) => change({ helpers: { kind: 'these', people } })} />}
        {noHelpers && <p className={styles.error}>{settingsText.desks.helpersNeeded}</p>}
      </Section>
      <Section title={text.desks.audience}>
        <Choices
          label={text.desks.audience}
          quietLabel
          columns
          disabled={!may}
          value={draft.audience}
          onChange={(audience) => change({ audience })}
          choices={[
            { id: 'open', name: text.desks.audienceOpen, hint: settingsText.desks.audienceOpenHint },
            ...(desk ? [{ id: 'vetted' as const, name: settingsText.vetted.name, hint: settingsText.vetted.hint }] : []),
            { id: 'private', name: text.desks.audiencePrivate, hint: settingsText.desks.audiencePrivateHint },
          ]}
        />
        {isVetted && may && draft.charter && (
          <>
            <PeopleField label={settingsText.vetted.vetters} hint={settingsText.vetted.vettersHint} chosen={draft.charter.vetters} onChange={(vetters) => change({ charter: { ...draft.charter!, vetters } })} />
            {noVetters && <p className={styles.error}>{settingsText.vetted.needed}</p>}
          </>
        )}
        {desk && (
          <>
            <Switch on={draft.review_before_upload} onChange={(review_before_upload) => change({ review_before_upload })} disabled={!may}>
              {text.desks.review}
            </Switch>
            <p className={styles.quiet}>{text.desks.reviewHint}</p>
          </>
        )}
      </Section>
      {desk && <SystemSoundField desk={desk} may={may} />}
      <Section title={text.desks.hours} hint={draft.zone || settingsText.desks.zoneInherit(org?.zone ?? '')}>
        <HoursField week={draft.week} onChange={(week) => change({ week })} disabled={!may} />
        {draft.charter && <SpecialDaysField days={draft.charter.days} onChange={(days) => change({ charter: { ...draft.charter!, days } })} disabled={!may} />}
        {desk && (
          <div>
            <Button small icon={<CalendarClock />} onPress={() => go(`/rota/${desk.id}`)}>{text.rota.fromSettings}</Button>
          </div>
        )}
        <ZoneField label={settingsText.desks.zone} zone={draft.zone} orgZone={org?.zone ?? ''} disabled={!may} onChange={(zone) => change({ zone })} />
      </Section>
      {desk && may && (
        <Section title={settingsText.desks.calls} hint={text.provider.hint}>
          <ProviderField value={draft.provider} onChange={(provider) => change({ provider })} without="inherit" secret={secret} onSecret={setSecret} known={known} />
        </Section>
      )}
      {desk && draft.charter && <CharterFields draft={draft.charter} change={(part) => change({ charter: { ...draft.charter!, ...part } })} desk={desk} may={may} />}
      {desk && <History desk={desk} />}
      {desk && may && !desk.closed && (
        <Section title={text.desks.close} hint={text.desks.closeHint}>
          <div>
            <Button tone="danger" onPress={() => setClosing(true)}>
              {settingsText.desks.closeYes}
            </Button>
          </div>
        </Section>
      )}
      {may && (
        <div className={styles.sticky}>
          <AffectedNote changes={!wrong && dirty ? changes() : undefined} />
          <SaveBar
            saving={saving}
            dirty={dirty || !desk}
            wrong={desk ? wrong : tried && wrong}
            saveLabel={desk ? text.common.save : text.desks.open}
            onSave={submit}
            {...(desk ? { onDiscard: forget } : {})}
          />
        </div>
      )}
      {closing && desk && (
        <Dialog
          open
          onClose={() => setClosing(false)}
          title={settingsText.desks.closeSure(desk.name)}
          width="narrow"
          actions={
            <>
              <Button autoFocus onPress={() => setClosing(false)}>
                {text.common.cancel}
              </Button>
              <Button tone="danger" onPress={close}>
                {settingsText.desks.closeYes}
              </Button>
            </>
          }
        >
          <div className={styles.dialogBody}>
            <p>{text.desks.closeHint}</p>
          </div>
        </Dialog>
      )}
    </Page>
  )
}
