/** A time zone out of those this machine knows, or the organisation's: a desk elsewhere opens by its own clock. */

import { useState } from 'react'
import { Select } from '../../kit'
import { settingsText } from '../../text/settings'

export function ZoneField({ label, zone, orgZone, disabled, onChange }: { label: string; zone: string; orgZone: string; disabled: boolean; onChange: (zone: string) => void }) {
  const [zones] = useState(() => [...new Set([...Intl.supportedValuesOf('timeZone'), ...(zone ? [zone] : [])])])
  return (
    <Select
      label={label}
      value={zone || 'org'}
      disabled={disabled}
      onChange={(chosen) => onChange(chosen === 'org' ? '' : chosen)}
      choices={[{ id: 'org', name: settingsText.desks.zoneInherit(orgZone) }, ...zones.map((name) => ({ id: name, name: name.replaceAll('_', ' ') }))]}
    />
  )
}
