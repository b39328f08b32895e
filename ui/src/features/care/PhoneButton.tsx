/** Calls somebody by phone: their number as they wrote it, dialled as a phone wants it. */

import { Phone } from 'lucide-react'
import { Button } from '../../kit'
import type { Person } from '../../protocol/wire'
import { useHost } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { telOf } from './tel'

/** `bare`: the name stands beside it. */
export function PhoneButton({ person: { name, phone }, bare, icon }: { person: Pick<Person, 'name' | 'phone'>; bare?: boolean; icon?: boolean }) {
  const host = useHost()
  return (
    <Button small icon={icon && <Phone />} onPress={() => host.open(telOf(phone))}>
      {bare ? text.callback.call(phone) : `${text.owed.callNow(firstName(name))}, ${phone}`}
    </Button>
  )
}
