/**
 * "Where to ask" on paper, out of the app's own window. A webview that a driver looks into prints nothing, so nobody looks
 * into this one: the screen is read as a person reads it, and the keyboard goes where the window system lets it go.
 */

import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { look, Story } from './support/story.mjs'
import { eventually } from '../browser/support/waiting.mjs'

const story = new Story()
let desk
before(async () => {
  await story.begin()
  desk = await story.desk('ana')
  // A folder for documents, as every desk has, and no printer but the one that writes a file.
  const file = (path, words) => writeFileSync(join(desk.folder, 'home', path), words)
  for (const folder of ['Documents', '.config/gtk-3.0']) mkdirSync(join(desk.folder, 'home', folder), { recursive: true })
  file('.config/user-dirs.dirs', 'XDG_DOCUMENTS_DIR="$HOME/Documents"\n')
  file('.config/gtk-3.0/settings.ini', '[Settings]\ngtk-print-backends=file\n')
})
after(() => story.end())

/** What stands on the screen, as far as it is read from a picture. */
async function screen() {
  const picture = await desk.picture(join(desk.folder, 'screen.png'))
  await desk.run('convert', picture, '-resize', '200%', picture)
  return desk.run('tesseract', picture, '-', '--psm', '11')
}

story.test('P prints the page, and nothing that is only for the screen', async () => {
  await story.start(desk, ['--sign-in', (await story.server.links()).Ana], { attach: false, env: { TAURI_WEBVIEW_AUTOMATION: 'false' } })
  await eventually(screen, (words) => words.includes('Choose a request'), 'the inbox', 60_000)
  desk.key('w')
  await eventually(screen, (words) => words.includes('Where to ask'), 'the page')
  desk.key('p')
  await eventually(() => desk.focused(), (title) => title === 'Print', 'the system\'s own dialog')
  desk.key('Down')
  await eventually(screen, (words) => words.includes('output.pdf'), 'the printer that writes a file')
  await look(desk, 'print-dialog')
  desk.key('Return')

  const paper = join(desk.folder, 'home/Documents/output.pdf')
  const pages = () => (existsSync(paper) ? desk.run('pdftotext', '-layout', paper, '-').catch(() => '') : '')
  const words = await eventually(pages, Boolean, 'the paper')
  for (const wanted of [/^Where to ask +Numbra · Version of \d{1,2} \w+ \d{4}, \d\d:\d\d · printed \d{1,2} \w+ \d{4}$/m, /^Phones help$/m, /Sam \(2041\), owner/, /^\f?At every desk$/m]) assert.match(words, wanted)
  assert.doesNotMatch(words, /Every desk you may see|Inbox|^ *Print *$/m, 'only for the screen')
  const { 1: size } = /^Page size: +(.*)$/m.exec(await desk.run('pdfinfo', paper))
  assert.match(size, /A4|letter/)
  if (process.env.PICTURES) copyFileSync(paper, join(process.env.PICTURES, 'where.pdf'))
  await eventually(() => desk.focused(), (title) => title === 'Deskside', 'the app')
})
