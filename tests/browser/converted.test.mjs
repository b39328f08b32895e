/**
 * A clip in AV1, written by our recorder, and a browser that can't decode it: the second by which that is found out is noise
 * for it, and everything behind that is real. The server converts the clip and it plays, for all such browsers at once.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { ask, command, findings, row, Team, thread } from './support/team.mjs'
import { eventually } from './support/waiting.mjs'

const AV1 = readFileSync(new URL('../../ui/src/features/clip/seconds/av1.webm', import.meta.url))
const WORDS = 'Why is the square on the right?'

let team
let ana
let sam
before(async () => {
  team = await Team.gather(['--autoplay-policy=no-user-gesture-required'])
  ana = await team.signIn('Ana')
  sam = await unable(await team.signIn('Sam'))
})
after(() => team?.goHome())

async function unable(page) {
  await page.route(/av1-.*\.webm/, (route) => route.fulfill({ contentType: 'video/webm', body: Buffer.alloc(AV1.length, 7) }))
  return page
}

const figure = (page) => thread(page).getByRole('figure', { name: /Clip by/ })
const source = (page) => figure(page).locator('video').getAttribute('src')
/** How bright the middles of its halves are. */
const halves = (page) =>
  figure(page).locator('video').evaluate((video) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 2 })
    const context = canvas.getContext('2d')
    context.drawImage(video, 0, 0, 4, 2)
    const { data } = context.getImageData(0, 0, 4, 1)
    return [data[0], data[12]]
  })
const hasPlayed = ([left, right]) => left < 80 && right > 176

/** Sends the clip as a program of somebody's own would. */
async function sends(page, request) {
  const clip = crypto.randomUUID()
  await command(page, 'start_clip', { clip, request, width: 64, height: 48, sound: false })
  await page.evaluate(
    async ([clip, bytes]) => {
      const tus = { 'tus-resumable': '1.0.0' }
      const made = await fetch('/api/v1/uploads', {
        method: 'POST', headers: { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': `kind ${btoa('clip')},id ${btoa(clip)}` },
      })
      const headers = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
      const sent = await fetch(made.headers.get('location'), { method: 'PATCH', headers, body: new Uint8Array(bytes) })
      if (sent.status !== 204) throw new Error(`upload: ${sent.status}`)
    },
    [clip, [...AV1]],
  )
  await command(page, 'stop_clip', { clip })
}

test('pressing Play has it converted, says so, and plays what it shows', async () => {
  await ask(ana, WORDS)
  await row(ana, WORDS).click()
  await thread(ana).waitFor()
  await sends(ana, new URL(ana.url()).pathname.split('/').pop())
  await row(sam, WORDS).click()
  await figure(sam).getByText('This clip needs converting for this computer').waitFor()
  assert.equal(await source(sam), null, 'nothing is fetched that it can not show')
  assert.deepEqual(await findings(sam), [])
  await figure(sam).getByRole('button', { name: /^Convert and play/ }).press('Enter')
  await eventually(() => source(sam), (address) => address?.includes('as=vp9'), 'the copy')
  await eventually(() => halves(sam), hasPlayed, 'the picture of its end')
  await figure(sam).getByText('needs converting').waitFor({ state: 'detached' })
})

test('where AV1 plays it is played as it was recorded, and whoever else needs the copy has it at once', async () => {
  // She followed it while it came: it changed over in place.
  await figure(ana).locator('video').press('k')
  await eventually(() => halves(ana), hasPlayed, 'the picture of its end')
  assert.doesNotMatch(await source(ana), /as=vp9/)
  const ada = await unable(await team.signIn('Ada'))
  await ada.goto(sam.url())
  await figure(ada).getByRole('button', { name: /^Play: Clip by/ }).press('Enter')
  await eventually(() => source(ada), (address) => address?.includes('as=vp9'), 'the copy')
  await eventually(() => halves(ada), hasPlayed, 'the picture of its end')
  assert.deepEqual(team.errors, [])
})
