/**
 * A screenshot from the overlay: the screen stands still, an area is chosen, a number is covered, and what leaves is
 * another picture. Neither what arrived nor anything the server keeps holds what was covered.
 */

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { row, settled, thread } from '../browser/support/team.mjs'
import { look, Story } from './support/story.mjs'
import { becomes, eventually } from '../browser/support/waiting.mjs'

const story = new Story()
/** Occurs nowhere else on the screen. */
const SECRET = [250, 10, 201]
const HEX = `#${SECRET.map((part) => part.toString(16).padStart(2, '0')).join('')}`
let desk
let app
let sam
let overlay
before(async () => {
  await story.begin()
  desk = await story.desk('ana')
  ;({ app } = await story.app(desk, 'Ana'))
  overlay = await app.page('overlay')
  sam = await story.team.signIn('Sam')
})
after(() => story.end())

/** How many pixels of a picture have the secret's colour. */
async function traces(path) {
  const out = await desk.run('sh', '-c', `convert '${path}' -alpha off -fill black +opaque '${HEX}' -fill white -opaque '${HEX}' -format '%[fx:round(mean*w*h)]' info:`)
  return Number(out.trim())
}

/** Waits until the picture stays where it is: it is fitted anew after an area was chosen. */
async function still(mark) {
  let last
  await eventually(
    async () => {
      const before = last
      last = JSON.stringify(await mark.later(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelector('[role=application]').getBoundingClientRect().toJSON()))))))
      return before === last
    },
    Boolean,
    'the picture at rest',
  )
}

story.test('the screen is frozen with what is on it, and without Deskside', async () => {
  await desk.otherWindow('ticket', '60x10+100+420')
  desk.spawn('xterm', ['-geometry', '20x4+400+480', '-bg', HEX, '-fg', HEX, '-T', 'card number', '-e', 'sleep', '1000'])
  await eventually(() => desk.shown('^card number$'), (found) => found.length > 0, 'the secret window')
  // A window is there before what it shows.
  await eventually(() => desk.picture(`${desk.folder}/before.png`).then(traces), (seen) => seen > 2000, 'the secret on the screen')

  desk.key('ctrl+shift+space')
  await overlay.until(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the caret')
  await desk.type('What does this screen want of me?')
  await overlay.until(() => document.querySelector('textarea').value.endsWith('of me?'), 'the words')
  await overlay.press('button', 'Screenshot')
  const mark = await app.page('mark')
  await mark.until(() => document.querySelector('[role=application]'), 'the frozen screen')
  await look(desk, 'mark-choose')
  await eventually(() => desk.shown('^Deskside$'), (shown) => shown.length === 1, 'only the marking window on the screen')
})

story.test('an area is chosen, marked and covered', async () => {
  const mark = await app.page('mark')
  /** Where a point of the frozen screen is on the real one. */
  const at = (x, y) =>
    mark.run(
      (x, y) => {
        const box = document.querySelector('[role=application]').getBoundingClientRect()
        return [screenX + box.left + (x / 1280) * box.width, screenY + box.top + (y / 800) * box.height]
      },
      x,
      y,
    )
  const tool = async (key, name) => {
    desk.key(key)
    await mark.until((name) => document.querySelector(`button[aria-label="${name}"]`)?.getAttribute('aria-pressed') === 'true', `the tool ${name}`, name)
  }
  // What is seen and said of one step before the next one, as a person waits: keys may overtake the pointer.
  const says = (words) => mark.until((words) => [...document.querySelectorAll('output')].some((said) => said.textContent.startsWith(words)), words, words)
  await desk.drag(await at(60, 380), await at(900, 780))
  await says('Cropped to ')
  await still(mark)
  await tool('a', 'Arrow')
  await desk.drag(await at(700, 430), await at(560, 500))
  await says('Arrow placed. 1 mark.')
  await tool('r', 'Redact')
  await desk.drag(await at(380, 440), await at(640, 640))
  await says('Redact placed. 2 marks.')
  await look(desk, 'mark')
  desk.key('Return')
  await eventually(() => app.has('mark'), (there) => !there, 'the marking window away')
  await overlay.until(() => document.querySelector('img[alt="screenshot.png"]'), 'the picture in the question')
  await becomes(() => overlay.run(() => document.querySelector('textarea').value), 'What does this screen want of me?')
  await overlay.until(() => document.hasFocus(), 'the keyboard in the question')
  await look(desk, 'overlay-picture')
})

story.test('what was sent holds no pixel and no byte of what was covered', async () => {
  await overlay.press('button', /^Ask for help/)
  await settled(sam)
  await row(sam, 'What does this screen want of me?').click()
  const picture = thread(sam).locator('img').first()
  await picture.waitFor()
  const seen = await picture.evaluate(async (image, [r, g, b]) => {
    const answer = await fetch(image.src.replace(/\?.*/, ''))
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    let traces = 0
    let colours = new Set()
    for (let i = 0; i < data.length; i += 4) {
      if (Math.abs(data[i] - r) < 40 && Math.abs(data[i + 1] - g) < 40 && Math.abs(data[i + 2] - b) < 40) traces += 1
      colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])
    }
    const text = new TextDecoder('latin1').decode(bytes)
    const chunks = []
    for (let at = 8; at < bytes.length; ) {
      chunks.push(text.slice(at + 4, at + 8))
      at += 12 + new DataView(bytes.buffer).getUint32(at)
    }
    return { traces, colours: colours.size, chunks: [...new Set(chunks)], width: bitmap.width, height: bitmap.height }
  }, SECRET)
  assert.equal(seen.traces, 0)
  assert.ok(seen.colours > 3, 'it is a picture of something')
  assert.ok(Math.abs(seen.width - 840) < 12 && Math.abs(seen.height - 400) < 12, `${seen.width} × ${seen.height}`)
  assert.deepEqual(seen.chunks, ['IHDR', 'IDAT', 'IEND'], 'nothing but pixels')
  // Everything either side keeps on disk, decoded where it is a picture: the machine's profile and the server's data.
  for (const folder of [story.server.data, `${desk.folder}/profile`]) {
    const files = (await desk.run('sh', '-c', `find '${folder}' -type f -size +1k -exec file --mime-type {} + | grep image/ | cut -d: -f1`)).trim().split('\n').filter(Boolean)
    for (const file of files) assert.equal(await traces(file), 0, file)
  }
})

story.test('Esc gives up: nothing is attached, the question is still there', async () => {
  await overlay.until(() => document.visibilityState === 'hidden', 'the receipt away')
  desk.key('ctrl+shift+space')
  await overlay.until(() => document.hasFocus() && document.activeElement?.tagName === 'TEXTAREA', 'the caret')
  await desk.type('One more')
  await overlay.until(() => document.querySelector('textarea').value === 'One more', 'the words')
  await overlay.press('button', 'Screenshot')
  const mark = await app.page('mark')
  await mark.until(() => document.querySelector('[role=application]'), 'the frozen screen')
  desk.key('Escape')
  await eventually(() => app.has('mark'), (there) => !there, 'the marking window away')
  await overlay.until(() => document.visibilityState === 'visible' && document.querySelector('textarea')?.value === 'One more', 'the question')
  assert.ok(!(await overlay.run(() => document.querySelector('img[alt="screenshot.png"]') !== null)))
})
