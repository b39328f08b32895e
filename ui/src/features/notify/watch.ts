/**
 * Tells the person in a browser: notifications of the system while the page is not in front, one sound per burst, a ring
 * that goes on until it is over, the count or the caller in the title. The desktop app does this in Rust, also while no
 * window is open, so this rests there.
 */

import type { PersonId } from '../../protocol/wire'
import type { World } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { go } from '../../app/router'
import { toast } from '../../kit'
import { recorderFor } from '../recorder/open'
import { chime, ring } from './bell'
import { look, news, noteOf as noteAbout, type NoteId, type Seen, type Told } from './news'

const BURST = 4000
const OFTEN = 100

interface Note {
  title: string
  body: string
  /** It stays until it is over. */
  stays: boolean
  /** What a click leads to. */
  path: string
  then?: (() => void) | undefined
}

export function watchNews(world: World): () => void {
  const { host, replica } = world
  if (host.desktop) return () => undefined
  /** How to take back what is shown. */
  const shown = new Map<NoteId, () => void>()
  let before: Seen | undefined
  let lastSound = 0
  let hush: (() => void) | undefined

  let waiting: ReturnType<typeof setTimeout> | undefined
  const stop = replica.subscribe(() => {
    // On a busy floor rows change with every picture; nobody hears the difference of a tenth of a second.
    if (document.hidden) review()
    else waiting ??= setTimeout(review, OFTEN)
  })

  function review(): void {
    clearTimeout(waiting)
    waiting = undefined
    const { me } = replica
    if (!me || !replica.loaded) return
    const now = look(replica, me, before)
    document.title = titleOf(now)
    // What was there when the page opened is on the screen already.
    if (before) {
      const { told, over } = news(before, now, replica, me)
      for (const id of over) close(id)
      for (const one of told) tell(one)
    }
    before = now
    const rings = [...now.rings.values()].some(Boolean)
    if (rings) hush ??= ring()
    else {
      hush?.()
      hush = undefined
    }
  }

  const name = (id: PersonId | null | undefined) => firstName((id && replica.people.get(id)?.name) || text.common.someone)

  function titleOf({ unclaimed, rings }: Seen): string {
    const [call] = rings.keys()
    if (call) return text.notify.ringing(name(replica.calls.get(call)?.caller))
    return unclaimed.size > 0 ? `(${unclaimed.size}) ${text.product}` : text.product
  }

  function tell(one: Told): void {
    if ((one.kind === 'live' || one.kind === 'owed') && one.sound && Date.now() - lastSound > BURST) {
      lastSound = Date.now()
      chime()
    }
    const note = noteOf(one)
    if (!note) return
    const id = one.kind === 'rings' ? one.call : one.kind === 'owed' ? noteAbout(one.request, one.of) : one.kind === 'unwatched' ? one.desk : one.request
    if (document.hasFocus()) {
      // The card of a call and the rows of the inbox are in sight; who was asked for a clip, or is mentioned, may be in another thread.
      if ((one.kind === 'clip' || one.kind === 'mention') && location.pathname !== note.path) {
        show(id, toast({ title: note.title, stays: note.stays, action: note.then ? { name: text.request.recordNow, act: note.then } : { name: text.notify.show, act: () => go(note.path) } }))
      }
      return
    }
    if (!('Notification' in window) || Notification.permission !== 'granted') return
    const notification = new Notification(note.title, { body: note.body.slice(0, 140), tag: id, silent: true, requireInteraction: note.stays, icon: '/icon-192.png' })
    notification.onclick = () => {
      window.focus()
      go(note.path)
      note.then?.()
      notification.close()
    }
    show(id, () => notification.close())
  }

  function noteOf(one: Told): Note | undefined {
    if (one.kind === 'rings') {
      const call = replica.calls.get(one.call)
      if (!call) return undefined
      const about = call.request ? replica.requests.get(call.request) : undefined
      const title = (call.wants_callback ? text.notify.ringBack : text.notify.ring)(name(call.caller))
      return { title, body: about?.text ?? text.call.noRequest, stays: true, path: about ? `/r/${about.id}` : location.pathname }
    }
    if (one.kind === 'unwatched') {
      const desk = replica.desks.get(one.desk)
      return desk && { title: text.unwatched.gone(desk.name), body: text.unwatched.note, stays: true, path: `/board/${desk.id}` }
    }
    const request = replica.requests.get(one.request)
    if (!request) return undefined
    const note = (title: string, stays: boolean, more: Partial<Note> = {}): Note => ({ title, body: request.text, stays, path: `/r/${request.id}`, ...more })
    switch (one.kind) {
      case 'live': return note((request.care.critical ? text.notify.critical : text.notify.live)(name(request.asker)), true)
      case 'owed': return note(text.notify.owed[one.of](name(request.asker)), one.stays)
      case 'unblocked': return note(text.block.told, false)
      case 'banner': return note(text.notify.request(name(request.asker)), false)
      case 'answer': return note((one.back ? text.notify.back : text.notify.answer)(name(one.by)), false)
      case 'mention': {
        const message = replica.messages.get(one.message)
        return note(text.notify.mention(name(message?.author)), false, { body: message?.mentions.reason || message?.text || request.text })
      }
      case 'clip': {
        const record = recorderFor(world, request.id)
        // A notification of a page has no buttons of its own: what a click does stands in its words.
        return note(text.notify.clip(name(one.by)), true, record ? { body: `${text.notify.recordHint} ${request.text}`, then: record } : {})
      }
    }
  }

  function show(id: NoteId, takeBack: () => void): void {
    shown.set(id, takeBack)
  }

  function close(id: NoteId): void {
    shown.get(id)?.()
    shown.delete(id)
  }

  return () => {
    stop()
    clearTimeout(waiting)
    hush?.()
    for (const id of shown.keys()) close(id)
  }
}
