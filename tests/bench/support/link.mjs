/** What measurements of a clip do alike: from the question to a recording of the display, and from Stop to a player. */

import { eventually } from '../../browser/support/waiting.mjs'
import { skipCount } from '../../desktop/support/recording.mjs'

/** Records the first display from a new question; answers the recorder's bar, its time running. */
export async function recordDisplay(desk, app, { words } = {}) {
  const bar = await countDown(desk, app, { words })
  await skipCount(bar)
  return bar
}

/** The same up to the count. */
export async function countDown(desk, app, { words } = {}) {
  const overlay = await app.page('overlay')
  const isOpen = () => overlay.run(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA')
  // An app that has only just begun may not have its keys yet.
  for (let goes = 0; goes < 5 && !(await isOpen()); goes += 1) {
    desk.key('ctrl+shift+space')
    await eventually(isOpen, Boolean, 'the caret', 4_000).catch((error) => goes < 4 || Promise.reject(error))
  }
  if (words) {
    await desk.type(words)
    await overlay.until((words) => document.querySelector('textarea').value === words, 'the words', words)
  }
  await overlay.press('button', 'Clip')
  const pick = await app.page('pick')
  await pick.press('button', /^Display 1/)
  await pick.press('button', /^Record/)
  return app.page('recorder')
}

/** The clip's address, as the bar copies it. */
export async function copyLink(desk, bar) {
  await bar.press('button', 'Copy clip link')
  await bar.find('button', 'Copied')
  return (await desk.run('xclip', '-o', '-selection', 'clipboard')).trim()
}

/** Presses Stop; answers when that was, in milliseconds since 1970. */
export function pressStop(bar) {
  return bar.run(() => {
    const button = [...document.querySelectorAll('button')].find((button) => /^Stop/.test(button.innerText))
    button.addEventListener('click', () => (window.stopped = performance.timeOrigin + performance.now()), { capture: true, once: true })
    button.click()
    return window.stopped
  })
}

/**
 * When a clip of at least so many seconds plays at a client, in milliseconds since 1970: in a player of its own, as
 * anybody who is sent the address has, asked again until what comes is the whole clip.
 */
export function playable(page, id, least) {
  return page.evaluate(
    async ([id, least]) => {
      for (;;) {
        const video = document.createElement('video')
        video.muted = true
        video.preload = 'auto'
        const length = await new Promise((resolve) => {
          video.oncanplay = () => resolve(video.duration)
          video.onerror = () => resolve(0)
          video.src = `/media/clip/${id}`
        })
        if (Number.isFinite(length) && length >= least) return Date.now()
        video.removeAttribute('src')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    [id, least],
  )
}
