/** First run: the keys to ask, what will be recorded, the microphone, how one calls each other, tickets in the browser. */

import { useEffect, useState } from 'react'
import { Bookmark } from 'lucide-react'
import { go } from '../../app/router'
import { attempt } from '../../app/attempt'
import { Button, Note, Select } from '../../kit'
import { useCommands, useHost, useMe, usePerson, useReadable, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import { hotkeysText } from '../../text/hotkeys'
import { HotkeyField } from '../hotkeys/HotkeyField'
import { useHotkeys } from '../hotkeys/useHotkeys'
import { BOOKMARK } from '../settings/bookmark'
import styles from './FirstRun.module.css'

export function FirstRun() {
  const { desktop } = useHost()
  return (
    <main className={styles.screen}>
      <div className={styles.column}>
        <h1>{text.firstRun.title}</h1>
        {desktop && <Keys />}
        {desktop && <Recorded />}
        {desktop && <Microphone />}
        {!desktop && <Notifications />}
        <Calls />
        <Bookmarklet />
        <div className={styles.actions}>
          <Button tone="primary" onPress={() => go('/')}>
            {text.firstRun.done}
          </Button>
        </div>
      </div>
    </main>
  )
}

function Step({ title, hint, children }: { title: string; hint: string; children?: React.ReactNode }) {
  return (
    <section className={styles.step}>
      <div>
        <h2>{title}</h2>
        <p>{hint}</p>
      </div>
      <div className={styles.control}>{children}</div>
    </section>
  )
}

function Keys() {
  const hotkeys = useHotkeys()
  const { hotkey } = useReadable(useHost().capabilities)
  if (!hotkey.can && hotkey.because === 'no_display_access') {
    return (
      <Step title={hotkeysText.name.ask} hint={hotkeysText.hint.ask}>
        <Note>{hotkeysText.byDesktop}</Note>
      </Step>
    )
  }
  return hotkeys.list.map((hotkey) => (
    <Step key={hotkey.does} title={hotkeysText.name[hotkey.does]} hint={hotkeysText.hint[hotkey.does]}>
      <HotkeyField hotkey={hotkey} hotkeys={hotkeys} />
    </Step>
  ))
}

function Recorded() {
  const windows = useReplica((replica) => replica.org?.deny_windows)
  return (
    <Step title={text.firstRun.record} hint={text.firstRun.recordHint}>
      {windows && windows.length > 0 && (
        <p className={styles.quiet}>
          {text.firstRun.recordWindows}: {windows.join(', ')}
        </p>
      )}
    </Step>
  )
}

function Microphone() {
  const { desktop } = useHost()
  const [mics, setMics] = useState<{ id: string; name: string }[]>([])
  const [mic, setMic] = useState<string | null>(null)
  const [level, setLevel] = useState(0)
  useEffect(() => {
    void desktop?.setup.mics().then((found) => {
      setMics(found)
      setMic(found[0]?.id ?? null)
    })
  }, [desktop])
  useEffect(() => (mic ? desktop?.setup.listen(mic, setLevel) : undefined), [desktop, mic])
  return (
    <Step title={text.firstRun.mic} hint={text.firstRun.micHint}>
      <Select label={text.firstRun.mic} quietLabel value={mic} onChange={setMic} choices={mics} />
      <span className={styles.meter} role="meter" aria-label={text.recorder.level} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
        <span style={{ width: `${level * 100}%` }} />
      </span>
    </Step>
  )
}

function Notifications() {
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'))
  const { notify } = useReadable(useHost().capabilities)
  return (
    <Step title={text.firstRun.notify} hint={text.firstRun.notifyHint}>
      {!notify.can ? (
        <p className={styles.quiet}>{text.because[notify.because]}</p>
      ) : permission === 'default' ? (
        <Button onPress={() => void Notification.requestPermission().then(setPermission)}>{text.firstRun.notifyAllow}</Button>
      ) : (
        <p className={styles.quiet}>{permission === 'granted' ? text.firstRun.notifyOn : text.because.not_granted}</p>
      )}
    </Step>
  )
}

function Calls() {
  const me = usePerson(useMe())
  const commands = useCommands()
  const org = useReplica((replica) => replica.org)
  if (!org) return null
  const kind = org.provider?.kind ?? 'none'
  const isAdmin = me?.role === 'admin'
  return (
    <Step title={text.firstRun.calls} hint={text.firstRun.callsHint}>
      {isAdmin ? (
        <>
          <Select
            label={text.provider.title}
            quietLabel
            value={kind}
            onChange={(next) => {
              if (next === 'personal_link' || next === 'phone' || next === 'teams') attempt(commands.editOrg({ ...org, provider: { kind: next } }))
              else if (next === 'none') attempt(commands.editOrg({ ...org, provider: null }))
              else go('/settings/calls')
            }}
            choices={(['none', 'personal_link', 'phone', 'teams', 'jitsi', 'slack_huddle', 'template', 'live_kit'] as const).map((id) => ({ id, name: text.provider[id], hint: text.provider[`${id}Hint`] }))}
          />
        </>
      ) : (
        <p className={styles.quiet}>{kind === 'none' ? text.firstRun.callsAdmin : text.provider[kind]}</p>
      )}
    </Step>
  )
}

function Bookmarklet() {
  const { desktop } = useHost()
  if (!desktop) return null
  return (
    <Step title={text.firstRun.bookmark} hint={text.firstRun.bookmarkHint}>
      {/* React refuses script addresses on principle; this one is ours and is meant to be dragged, not clicked. */}
      {/* oxlint-disable-next-line jsx-a11y/anchor-is-valid, jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
      <a className={styles.bookmark} ref={(element) => element?.setAttribute('href', BOOKMARK)} onClick={(event) => event.preventDefault()}>
        <Bookmark aria-hidden="true" /> {text.firstRun.bookmarkName}
      </a>
      <Button small tone="quiet" onPress={() => void navigator.clipboard.writeText(BOOKMARK)}>
        {text.common.copy}
      </Button>
    </Step>
  )
}
