/** A field that shows what is saved until somebody types. What was typed stays when the saved row changes under it. */

import { useState } from 'react'

/** What to show, how it is typed, and how one goes back to what is saved. */
export function useTyped<T>(saved: T): [shown: T, type: (next: T) => void, discard: () => void] {
  const [typed, setTyped] = useState<{ value: T } | undefined>()
  // Saved as it was typed: from now on the field follows the row again.
  const isSaved = typed !== undefined && JSON.stringify(typed.value) === JSON.stringify(saved)
  if (isSaved) setTyped(undefined)
  return [typed && !isSaved ? typed.value : saved, (value) => setTyped({ value }), () => setTyped(undefined)]
}
