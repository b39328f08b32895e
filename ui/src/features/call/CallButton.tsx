/** "Call Ana", with the other ways under it: let oneself be called, ring somebody else. */

import { ChevronDown, Phone, PhoneIncoming, Users } from 'lucide-react'
import { Button, IconButton, Menu, type MenuAction } from '../../kit'
import type { Request } from '../../protocol/wire'
import { useMe, usePerson, useReplica, useWorld } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { helpsAt } from '../inbox/groups'
import { callFromRequest, callPerson, whoToRing } from './actions'
import styles from './CallButton.module.css'

export function CallButton({ request }: { request: Request }) {
  const world = useWorld()
  const me = useMe()
  const people = useReplica((replica) => replica.people)
  const desk = world.replica.desks.get(request.desk)
  const busy = useReplica((replica) => [...replica.calls.values()].some((call) => ['ringing', 'soon', 'accepted', 'joined'].includes(call.state) && (call.caller === me || call.callee === me)))
  const { callee } = whoToRing(request, me, desk, people)
  const person = usePerson(callee)
  if (!callee) return null
  const name = firstName(person?.name ?? '')
  const others = [...people.values()].filter((one) => one.active && one.id !== me && one.id !== callee && one.status === 'available' && helpsAt(desk, one.id)).slice(0, 6)
  const actions: MenuAction[] = [
    { id: 'back', name: text.call.askToCall(name), icon: <PhoneIncoming />, act: () => callFromRequest(world, request, true) },
    ...others.map((one): MenuAction => ({ id: one.id, name: text.call.callName(firstName(one.name)), icon: <Users />, act: () => callPerson(world, one.id) })),
  ]
  return (
    <span className={styles.pair}>
      <Button icon={<Phone />} keys="G" isDisabled={busy} onPress={() => callFromRequest(world, request)}>
        {text.call.callName(name)}
      </Button>
      <Menu label={text.call.others} actions={actions}>
        <IconButton label={text.call.others} tone="plain" isDisabled={busy}>
          <ChevronDown />
        </IconButton>
      </Menu>
    </span>
  )
}
