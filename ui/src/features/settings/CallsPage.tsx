/** Who carries the talk when somebody presses Call, for the whole organisation. */

import { useState } from 'react'
import { useCommands, useReplica } from '../../replica/hooks'
import { text } from '../../text'
import type { Org } from '../../protocol/wire'
import { editOf } from './orgArgs'
import { Page, SaveBar, useSaving } from './parts'
import { checkProvider } from './provider'
import { ProviderField, secretOf } from './ProviderField'
import styles from './Settings.module.css'

export function CallsPage() {
  const org = useReplica((replica) => replica.org)
  if (!org) return null
  return (
    <Page title={text.provider.title} hint={text.provider.hint}>
      <CallsForm key={JSON.stringify(org.provider)} org={org} />
    </Page>
  )
}

function CallsForm({ org }: { org: Org }) {
  const commands = useCommands()
  const { saving, save } = useSaving()
  const [provider, setProvider] = useState(org.provider)
  const [secret, setSecret] = useState('')
  const name = secretOf(provider)
  const known = name !== undefined && secretOf(org.provider) === name
  const dirty = JSON.stringify(provider) !== JSON.stringify(org.provider) || secret !== ''
  const wrong = (provider !== null && Object.keys(checkProvider(provider)).length > 0) || (name !== undefined && !known && secret === '')
  const send = async () => {
    // The key first: a provider that signs must never stand without one.
    if (name && secret) await commands.keepSecret({ name, value: secret })
    await commands.editOrg(editOf(org, { provider }))
  }
  return (
    <div className={styles.form}>
      <ProviderField value={provider} onChange={setProvider} without="none" secret={secret} onSecret={setSecret} known={known} />
      <SaveBar saving={saving} dirty={dirty} wrong={wrong} onSave={() => save(send(), () => setSecret(''))} onDiscard={() => (setProvider(org.provider), setSecret(''))} />
    </div>
  )
}
