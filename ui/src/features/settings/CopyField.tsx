/** A link to hand on: selected on focus, copied by one button. */

import { useState } from 'react'
import { Check, Copy } from 'lucide-react'
import { Button, TextField } from '../../kit'
import { text } from '../../text'
import styles from './Settings.module.css'

export function CopyField({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () => {
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      // Without the right to the clipboard the link is still there to be selected.
      () => setCopied(false),
    )
  }
  return (
    <div className={styles.copy}>
      <TextField label={label} value={value} isReadOnly onFocus={(event) => event.target instanceof HTMLInputElement && event.target.select()} />
      <Button tone="primary" autoFocus icon={copied ? <Check /> : <Copy />} onPress={copy}>
        {copied ? text.common.copied : text.common.copy}
      </Button>
      <output className="unseen">{copied && text.common.copied}</output>
    </div>
  )
}
