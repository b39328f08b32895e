/** The screens of marking and settings, beside those of the main job. */

import type { Page } from 'playwright-core'
import { billing, engineering, phones, refund, sam, uuid } from '../../src/host/fake/numbra'
import { chooseDesk } from './desk'
import type { Screen } from './screens'

/** Draws on the picture, from one point of it to another. */
export async function drag(page: Page, [x, y]: [number, number], [toX, toY]: [number, number]): Promise<void> {
  const box = await page.getByRole('application').boundingBox()
  if (!box) throw new Error('the picture is not shown')
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height)
  await page.mouse.down()
  await page.mouse.move(box.x + ((x + toX) / 2) * box.width, box.y + ((y + toY) / 2) * box.height, { steps: 3 })
  await page.mouse.move(box.x + toX * box.width, box.y + toY * box.height, { steps: 3 })
  await page.mouse.up()
}

async function numbers(page: Page): Promise<void> {
  await page.getByText('Readable: 1 e-mail address and 1 phone number.').waitFor()
}

async function marked(page: Page): Promise<void> {
  await page.getByRole('application').waitFor()
  await drag(page, [0.17, 0.07], [0.999, 0.69])
  await page.keyboard.press('r')
  await drag(page, [0.6, 0.465], [0.738, 0.5])
  await page.keyboard.press('a')
  await drag(page, [0.68, 0.595], [0.8, 0.405])
  await page.keyboard.press('b')
  await drag(page, [0.772, 0.297], [0.99, 0.387])
  await page.keyboard.press('n')
  await drag(page, [0.988, 0.297], [0.988, 0.297])
  await page.keyboard.press('t')
  await drag(page, [0.54, 0.6], [0.54, 0.6])
  await page.keyboard.type('porting date is empty')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.querySelector('textarea') === null)
}

/** Plays what waits until it is at rest in its middle. */
async function halfWatched(page: Page): Promise<void> {
  const review = page.getByRole('figure', { name: 'Your clip, not sent yet' })
  await review.getByRole('button', { name: /^Play/ }).click()
  await page.waitForFunction(() => (document.querySelector<HTMLVideoElement>('[aria-label="Your clip, not sent yet"] video')?.currentTime ?? 0) > 1)
  await review.getByRole('button', { name: /^Pause/ }).click()
  await review.getByRole('button', { name: 'Watch the rest' }).waitFor()
}

export const more: Screen[] = [
  { name: 'review', path: `/r/${refund.id}?as=ana&be=review,desktop`, then: halfWatched },
  { name: 'review-waits', path: '/?as=ana&be=review' },
  { name: 'review-lost', path: `/r/${refund.id}?as=ana&be=review,nocut,lost`, then: async (page) => page.getByRole('figure', { name: 'Your clip, not sent yet' }).scrollIntoViewIfNeeded() },
  { name: 'review-ask', path: '/?as=ana&be=review-ask', then: async (page) => {
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('What do I press here?')
    await chooseDesk(page, 'Tools and access')
    await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
    await page.getByText('This desk wants you to watch the clip').waitFor()
  } },
  { name: 'review-alone', path: `/c/${uuid('clip held')}?as=ana&be=review-ask`, size: { width: 320, height: 640 } },
  { name: 'recorder-kept', path: '/recorder?as=ana&state=kept', size: { width: 520, height: 44 } },
  { name: 'recorder-system', path: '/recorder?as=ana&state=system', size: { width: 680, height: 44 }, picture: true },
  { name: 'recorder-system-off', path: '/recorder?as=ana&state=system-off', size: { width: 680, height: 44 } },
  { name: 'recorder-system-gone', path: '/recorder?as=ana&state=system-gone', size: { width: 680, height: 44 } },
  { name: 'recorder-mic-gone', path: '/recorder?as=ana&state=system-lost', size: { width: 680, height: 44 } },
  { name: 'pick-system', path: '/pick?as=ana&state=system', picture: true, then: async (page) => {
    await page.getByRole('switch').press('Space')
    await page.getByRole('status').filter({ hasText: 'Say that you record' }).waitFor()
  } },
  { name: 'review-system', path: `/r/${refund.id}?as=ana&be=review,desktop,system`, then: async (page) => page.getByText('With the computer\'s sound').scrollIntoViewIfNeeded() },
  { name: 'settings-desk-sound', path: `/settings/desks/${engineering.id}?as=ada`, then: async (page) => page.getByRole('button', { name: 'Write another reason' }).scrollIntoViewIfNeeded() },
  { name: 'settings-desk-sound-reason', path: `/settings/desks/${phones.id}?as=ada`, then: async (page) => {
    await page.getByRole('button', { name: 'Allow it' }).press('Enter')
    await page.getByRole('button', { name: 'Allow it' }).press('Enter')
    await page.getByText('Write what it is needed for.').waitFor()
  } },
  { name: 'mark-choose', path: '/mark?as=ana', then: async (page) => page.getByRole('application').waitFor() },
  { name: 'mark', path: '/mark?as=ana', picture: true, then: marked },
  { name: 'mark-numbers', path: '/mark?as=ana&state=numbers', picture: true, then: numbers },
  { name: 'mark-numbers-narrow', path: '/mark?as=ana&state=numbers', size: { width: 320, height: 640 }, then: numbers },
  { name: 'mark-looking', path: '/mark?as=ana&state=looking', then: async (page) => page.getByText('Looking for card numbers.').waitFor() },
  { name: 'mark-not-looked', path: '/mark?as=ana&state=failed', then: async (page) => page.getByText('could not be searched').waitFor() },
  { name: 'mark-no-engine', path: '/mark?as=ana&be=unread', then: async (page) => page.getByText('Tesseract is missing').waitFor() },
  { name: 'mark-narrow', path: '/mark?as=ana', size: { width: 320, height: 640 }, then: async (page) => page.getByRole('application').waitFor() },
  { name: 'outdated', path: '/?as=ana&be=desktop,outdated,unsent' },
  { name: 'settings-profile', path: '/settings/profile?as=ana&be=desktop' },
  { name: 'settings-people', path: '/settings/people?as=ada', picture: true },
  { name: 'settings-people-denied', path: '/settings/people?as=ana' },
  { name: 'settings-invite', path: '/settings/people?as=ada', then: async (page) => page.getByRole('button', { name: 'Invite people' }).click() },
  { name: 'settings-invited', path: '/settings/people?as=ada', then: async (page) => {
    await page.getByRole('button', { name: 'Invite people' }).click()
    await page.getByRole('button', { name: 'Make link' }).click()
    await page.getByRole('heading', { name: 'The link is ready' }).waitFor()
  } },
  { name: 'settings-deactivate', path: '/settings/people?as=ada', picture: true, then: async (page) => {
    await page.getByRole('button', { name: `Manage ${sam.name}` }).click()
    await page.getByRole('menuitem', { name: /^Deactivate/ }).click()
    await page.getByRole('dialog').waitFor()
  } },
  { name: 'settings-desks', path: '/settings/desks?as=sam' },
  { name: 'settings-desk', path: `/settings/desks/${billing.id}?as=ada`, picture: true },
  { name: 'settings-desk-read', path: `/settings/desks/${billing.id}?as=ana` },
  { name: 'settings-desk-new', path: '/settings/desks/new?as=sam' },
  { name: 'settings-calls', path: '/settings/calls?as=ada', picture: true },
  { name: 'settings-template', path: '/settings/calls?as=ada', then: async (page) => {
    await page.getByText('An address with placeholders').click()
    await page.getByRole('textbox', { name: 'Address' }).fill('javascript:alert(1)')
    await page.keyboard.press('Tab')
    await page.getByText(/never opened/).waitFor()
  } },
  { name: 'settings-tickets', path: '/settings/tickets?as=ada' },
  { name: 'settings-privacy', path: '/settings/privacy?as=ada' },
  { name: 'settings-privacy-read', path: '/settings/privacy?as=ana' },
  { name: 'settings-devices', path: '/settings/devices?as=ana' },
  { name: 'settings-computer', path: '/settings/computer?as=ana&be=desktop', picture: true },
  { name: 'settings-computer-taken', path: '/settings/computer?as=ana&be=desktop&state=taken' },
  { name: 'settings-computer-pressing', path: '/settings/computer?as=ana&be=desktop&state=off', then: async (page) => page.getByRole('button', { name: 'Change: The key to ask', exact: true }).press('Enter') },
  { name: 'settings-computer-narrow', path: '/settings/computer?as=ana&be=desktop&state=taken', size: { width: 360, height: 640 } },
  { name: 'settings-kept', path: '/settings/kept?as=ana' },
  { name: 'settings-narrow', path: '/settings/people?as=ada', size: { width: 320, height: 640 } },
  { name: 'settings-desk-narrow', path: `/settings/desks/${billing.id}?as=ada`, size: { width: 320, height: 640 } },
]
