/** The window of the app's recorder: its bar, and nothing else. */

import { useHost } from '../../replica/hooks'
import { Bar } from './Bar'

export function RecorderWindow() {
  const { desktop } = useHost()
  if (!desktop) return null
  return <Bar recorder={desktop.recorder} masks={desktop.recorder} />
}
