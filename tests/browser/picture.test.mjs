/** A screenshot with a secret in it: pasted, redacted, sent. What Sam gets and what the server keeps holds no trace of the secret. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, row, Team, thread } from './support/team.mjs'

let team
let ana
let sam
before(async () => {
  team = await Team.gather()
  ana = await team.signIn('Ana')
  sam = await team.signIn('Sam')
})
after(() => team?.goHome())

/** A white screenshot of 800 by 500 with a secret-coloured rectangle in its middle. */
const SECRET = [250, 10, 201]

async function paste(page) {
  await page.locator('#composer').focus()
  await page.evaluate(async ([r, g, b]) => {
    const canvas = new OffscreenCanvas(800, 500)
    const context = canvas.getContext('2d')
    context.fillStyle = 'white'
    context.fillRect(0, 0, 800, 500)
    context.fillStyle = `rgb(${r} ${g} ${b})`
    context.fillRect(300, 200, 200, 60)
    const file = new File([await canvas.convertToBlob({ type: 'image/png' })], 'ticket.png', { type: 'image/png' })
    const data = new DataTransfer()
    data.items.add(file)
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, SECRET)
}

test('what was redacted is solid in the picture that Sam sees', async () => {
  await ask(ana, 'What does this screen want of me?')
  await ana.locator('#composer').waitFor()
  await paste(ana)
  await ana.getByRole('button', { name: 'Mark or redact' }).click()
  const board = ana.getByRole('application')
  await board.waitFor()
  await ana.keyboard.press('r')
  const box = await board.boundingBox()
  const at = (x, y) => [box.x + (x / 800) * box.width, box.y + (y / 500) * box.height]
  await ana.mouse.move(...at(295, 195))
  await ana.mouse.down()
  await ana.mouse.move(...at(505, 265), { steps: 5 })
  await ana.mouse.up()
  await ana.keyboard.press('Enter')
  await board.waitFor({ state: 'detached' })
  await ana.locator('#composer').fill('Here it is')
  await ana.locator('#composer').press('Enter')

  await row(sam, 'What does this screen').click()
  const picture = thread(sam).locator('img').first()
  await picture.waitFor()
  const colours = await picture.evaluate(async (image) => {
    await image.decode()
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let traces = 0
    for (let i = 0; i < data.length; i += 4) if (data[i] - data[i + 1] > 12 && data[i + 2] - data[i + 1] > 12) traces += 1
    const middle = (230 * canvas.width + 400) * 4
    return { width: canvas.width, height: canvas.height, traces, middle: [...data.slice(middle, middle + 3)] }
  })
  assert.equal(colours.traces, 0)
  assert.deepEqual([colours.width, colours.height], [800, 500])
  assert.ok(colours.middle.every((value) => value < 40), `the middle is ${colours.middle}`)
})

test('nothing broke on any page', () => assert.deepEqual(team.errors, []))
