/**
 * Tells the person in a browser: notifications of the system while the page is not in front, one sound per burst, the
 * count in the title. The desktop app does this in Rust, also while no window is open, so this rests there.
 */

import type { PersonId, RequestId } from '../../protocol/wire'
import type { World } from '../../replica/hooks'
import { firstName, text } from '../../text'
import { go } from '../../app/router'
import { look, news, type Seen, type Told } from './news'

const BURST = 4000
const OFTEN = 100

export function watchNews({ host, replica }: World): () => void {
  if (host.desktop) return () => undefined
  const shown = new Map<RequestId, Notification>()
  let before: Seen | undefined
  let lastSound = 0

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
    const now = look(replica, me)
    document.title = now.unclaimed.size > 0 ? `(${now.unclaimed.size}) ${text.product}` : text.product
    // What was there when the page opened is on the screen already.
    if (before) {
      const { told, over } = news(before, now, replica, me)
      for (const id of over) close(id)
      for (const one of told) tell(one)
    }
    before = now
  }

  function tell(one: Told): void {
    if (one.kind === 'live' && one.sound && Date.now() - lastSound > BURST) {
      lastSound = Date.now()
      sound()
    }
    if (!('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return
    const request = replica.requests.get(one.request)
    if (!request) return
    const name = (id: PersonId | null) => firstName((id && replica.people.get(id)?.name) || text.common.someone)
    const title = one.kind === 'live' ? (request.care.critical ? text.notify.critical : text.notify.live)(name(request.asker)) : one.kind === 'banner' ? text.notify.request(name(request.asker)) : one.back ? text.notify.back(name(one.by)) : text.notify.answer(name(one.by))
    const notification = new Notification(title, { body: request.text.slice(0, 140), tag: request.id, silent: true, requireInteraction: one.kind === 'live', icon: '/icon-192.png' })
    notification.onclick = () => {
      window.focus()
      go(`/r/${request.id}`)
      notification.close()
    }
    shown.set(request.id, notification)
  }

  function close(id: RequestId): void {
    shown.get(id)?.close()
    shown.delete(id)
  }

  return () => {
    stop()
    clearTimeout(waiting)
    for (const id of shown.keys()) close(id)
  }
}

/** Two short notes, made here: no file, no delay. */
function sound(): void {
  const context = new AudioContext()
  const gain = context.createGain()
  gain.connect(context.destination)
  for (const [i, pitch] of [587, 784].entries()) {
    const note = context.createOscillator()
    const at = context.currentTime + i * 0.14
    note.frequency.value = pitch
    note.connect(gain)
    note.start(at)
    note.stop(at + 0.12)
  }
  gain.gain.setValueAtTime(0.12, context.currentTime)
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.3)
  setTimeout(() => void context.close(), 600)
}
