/** What every settings page is built from: its frame, its sections, and honest words about saving. */

import { useId, type ReactNode } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { Lock } from 'lucide-react'
import { SavingNote, type Saving } from '../../app/saving'
import { Button, EmptyState, Note } from '../../kit'
import { useMe, usePerson, useReplica } from '../../replica/hooks'
import { firstName, list, text } from '../../text'
import { settingsText } from '../../text/settings'
import choices from './Choices.module.css'
import styles from './Settings.module.css'

export { SavingNote, useSaving, type Saving } from '../../app/saving'

export function Page(props: { title: string; hint?: ReactNode; action?: ReactNode; wide?: boolean; children: ReactNode }) {
  return (
    <div className={styles.page} data-wide={props.wide || undefined}>
      <header className={styles.pageHeader}>
        <div>
          <h1>{props.title}</h1>
          {props.hint && <p className={styles.quiet}>{props.hint}</p>}
        </div>
        {props.action}
      </header>
      {props.children}
    </div>
  )
}

/** One concern: what it is on the left, how it is set on the right. */
export function Section(props: { title: string; hint?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.sectionWords}>
        <h2 id={id}>{props.title}</h2>
        {props.hint && <p className={styles.quiet}>{props.hint}</p>}
      </div>
      <div className={styles.sectionBody}>{props.children}</div>
    </section>
  )
}

/** Save and discard, there as soon as something was changed. */
export function SaveBar(props: { saving: Saving; dirty: boolean; wrong?: boolean; saveLabel?: string; onSave: () => void; onDiscard?: () => void }) {
  return (
    <div className={styles.saveBar}>
      <Button tone="primary" isDisabled={!props.dirty || props.wrong === true || props.saving.kind === 'sending'} onPress={props.onSave}>
        {props.saveLabel ?? text.common.save}
      </Button>
      {props.dirty && props.onDiscard && (
        <Button tone="quiet" onPress={props.onDiscard}>
          {settingsText.discard}
        </Button>
      )}
      {props.dirty && props.saving.kind !== 'sending' && props.saving.kind !== 'refused' ? <span className={styles.quiet}>{settingsText.unsaved}</span> : <SavingNote saving={props.saving} />}
    </div>
  )
}

/** One of a few, each with a line that says what it means. */
export function Choices<T extends string>(props: {
  label: string
  quietLabel?: boolean
  value: T | null
  onChange: (value: T) => void
  choices: readonly { id: T; name: string; hint?: ReactNode; icon?: ReactNode }[]
  columns?: boolean
  disabled?: boolean
}) {
  return (
    <RadioGroup className={choices.choices ?? ''} value={props.value} onChange={(value) => props.onChange(value as T)} isDisabled={props.disabled ?? false} data-columns={props.columns || undefined}>
      <Label className={props.quietLabel ? 'unseen' : (choices.label ?? '')}>{props.label}</Label>
      <div className={choices.choiceList}>
        {props.choices.map((choice) => (
          <Radio key={choice.id} value={choice.id} className={choices.choice ?? ''}>
            <span className={choices.dot} aria-hidden="true" />
            <span className={choices.choiceWords}>
              <span className={choices.choiceName}>
                {choice.icon}
                {choice.name}
              </span>
              {choice.hint && <span className={choices.choiceHint}>{choice.hint}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}

/** Names of the admins somebody can ask, without oneself. */
export function useAdmins(): string {
  const me = useMe()
  const names = useReplica((replica) => [...replica.people.values()].filter((person) => person.active && person.role === 'admin' && person.id !== me).map(({ name }) => firstName(name)))
  return list(names.slice(0, 3))
}

export function useRights(): { isAdmin: boolean; isLead: boolean } {
  const me = usePerson(useMe())
  return { isAdmin: me?.role === 'admin', isLead: me?.role === 'admin' || me?.role === 'lead' }
}

/** A page that is for admins, and whom to ask. */
export function Denied() {
  const admins = useAdmins()
  return (
    <>
      <h1 className="unseen">{text.settings.title}</h1>
      <EmptyState icon={<Lock />} title={settingsText.denied}>
        {settingsText.deniedHint(admins)}
      </EmptyState>
    </>
  )
}

/** What one sees but may not change, and whom to ask. */
export function ReadOnly() {
  const admins = useAdmins()
  return <Note icon={<Lock />}>{settingsText.readOnly(admins)}</Note>
}
