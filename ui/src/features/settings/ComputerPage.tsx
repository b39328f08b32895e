/** What belongs to this computer: the keys that work in every program, and what was set up in the first run. Only in the app. */

import { Settings2 } from 'lucide-react'
import { go } from '../../app/router'
import { Button, Note, Skeleton } from '../../kit'
import { useHost, useReadable } from '../../replica/hooks'
import { text } from '../../text'
import { hotkeysText } from '../../text/hotkeys'
import { settingsText } from '../../text/settings'
import { HotkeyField } from '../hotkeys/HotkeyField'
import { useHotkeys } from '../hotkeys/useHotkeys'
import { Page, Section } from './parts'

export function ComputerPage() {
  const hotkeys = useHotkeys()
  const { hotkey } = useReadable(useHost().capabilities)
  return (
    <Page title={hotkeysText.page} hint={hotkeysText.pageHint}>
      {!hotkey.can ? (
        <Note>{hotkey.because === 'no_display_access' ? hotkeysText.byDesktop : text.because[hotkey.because]}</Note>
      ) : hotkeys.state === 'waiting' ? (
        <Skeleton label={text.common.loading} rows={3} />
      ) : hotkeys.state === 'failed' ? (
        <Note tone="danger" role="alert" action={<Button small onPress={hotkeys.again}>{text.common.retry}</Button>}>
          {hotkeysText.unread}
        </Note>
      ) : (
        hotkeys.list.map((one) => (
          <Section key={one.does} title={hotkeysText.name[one.does]} hint={hotkeysText.hint[one.does]}>
            <HotkeyField hotkey={one} hotkeys={hotkeys} />
          </Section>
        ))
      )}
      <Section title={text.settings.machine} hint={hotkeysText.rest}>
        <div>
          <Button icon={<Settings2 />} onPress={() => go('/welcome')}>
            {settingsText.profile.machineOpen}
          </Button>
        </div>
      </Section>
    </Page>
  )
}
