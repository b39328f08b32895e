/** What can be done with a request besides writing, in the menu of its page: only what is this person's to do, in the order of a working day. */

import { BookMarked, CircleSlash, Copy, Handshake, Hourglass, ListChecks, Merge, PhoneForwarded, Signpost, Siren, Undo2, Unlock, Video, Workflow } from 'lucide-react'
import { attempt } from '../../app/attempt'
import { toast, type MenuAction } from '../../kit'
import type { Request } from '../../protocol/wire'
import type { World } from '../../replica/hooks'
import { text } from '../../text'
import type { Saying } from '../care/Dialogs'
import { maySay, MOST_BLOCKERS } from '../care/blocked'
import { forwards, isOpen, merges } from '../care/rights'
import { helpsAt } from '../inbox/groups'

/** Whether `me` works on the request rather than waits for it. */
export function isHelper(request: Request, { replica }: Pick<World, 'replica'>): boolean {
  const { me } = replica
  if (!me || request.asker === me) return false
  const desk = replica.desks.get(request.desk)
  return helpsAt(desk, me) || (request.care.to_vet && forwards(desk, me)) || request.private_with?.includes(me) === true || request.owner === me
}

export function menuOf(request: Request, { replica, host, commands }: World, say: (saying: Saying) => void): MenuAction[] {
  const { me } = replica
  if (!me) return []
  const { id, care } = request
  const desk = replica.desks.get(request.desk)
  const open = isOpen(request)
  const mine = request.asker === me
  const owns = open && request.owner === me
  const helper = isHelper(request, { replica })
  const waits = mine || care.joined.includes(me)
  const actions: (MenuAction | false)[] = [
    open && helper && { id: 'clip', name: text.composer.askClip, icon: <Video />, keys: 'V', act: () => attempt(commands.askForClip({ request: id })) },
    owns && { id: 'back', name: text.request.giveBack, icon: <Undo2 />, act: () => attempt(commands.giveBack({ request: id })) },
    open && care.to_vet && !mine && forwards(desk, me) && { id: 'forward', name: text.vet.send, icon: <Signpost />, act: () => say('forward') },
    owns && { id: 'plan', name: text.owed.plan.action, icon: <ListChecks />, act: () => say('plan') },
    owns && { id: 'wait', name: text.owed.wait.action, icon: <Hourglass />, act: () => say('wait') },
    owns && request.state === 'waiting_other' && { id: 'goOn', name: text.owed.wait.goOn, icon: <Undo2 />, act: () => attempt(commands.goOn({ request: id })) },
    open && (helper || mine) && { id: 'callback', name: care.callback ? text.callback.move : helper ? text.callback.action : text.callback.wish, icon: <PhoneForwarded />, act: () => say('callback') },
    owns && { id: 'handOff', name: text.owed.handOff.action, icon: <Handshake />, act: () => say('handOff') },
    merges(request, desk, me) && { id: 'merge', name: text.merge.action, icon: <Merge />, act: () => say('merge') },
    maySay(request, helpsAt(desk, me), me) && care.blocked_by.length < MOST_BLOCKERS && { id: 'block', name: text.block.action, icon: <Workflow />, act: () => say('block') },
    open && !care.critical && { id: 'critical', name: text.critical.action, hint: text.critical.actionHint, icon: <Siren />, keys: '!', act: () => say('critical') },
    !waits && (request.owner === me || helpsAt(desk, me)) && { id: 'nextTime', name: text.nextTime.action, icon: <BookMarked />, act: () => say('nextTime') },
    care.joined.includes(me) && { id: 'leave', name: text.owed.leave, icon: <CircleSlash />, act: () => attempt(commands.leaveRequest({ request: id })) },
    request.private_with !== null && open && { id: 'open', name: text.request.openToDesk(desk?.name ?? ''), icon: <Unlock />, act: () => attempt(commands.openToDesk({ request: id })) },
    { id: 'link', name: text.request.copyLink, icon: <Copy />, act: () => void navigator.clipboard.writeText(host.link(`/r/${id}`)).then(() => toast({ title: text.request.linkCopied })) },
    open && mine && { id: 'withdraw', name: text.request.withdraw, hint: text.request.withdrawHint, icon: <CircleSlash />, act: () => attempt(commands.withdraw({ request: id })) },
  ]
  return actions.filter((action) => action !== false)
}
