/** Every screen and state that is designed, with the address that shows it. The pictures in docs/screens are made of this list. */

import type { Page } from 'playwright-core'
import { old, porting, refund, rights } from '../../src/host/fake/numbra'
import { chooseDesk } from './desk'
import { more } from './more'
import { speaking } from './speaking'
import { working } from './working'

export interface Screen {
  name: string
  path: string
  /** What to do before it is looked at. */
  then?: (page: Page) => Promise<void>
  /** Windows of the desktop app have their own size. */
  size?: { width: number; height: number }
  /** Put into docs/screens. */
  picture?: boolean
}

const request = `/r/${refund.id}`
const press = (keys: string) => async (page: Page) => page.keyboard.press(keys)

/** A question to a desk that needs two things besides, sent too early. */
async function askBilling(page: Page): Promise<void> {
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Two invoices for June, which one is right?')
  await chooseDesk(page, 'Billing')
  await page.getByRole('textbox', { name: 'Invoice number' }).fill('R-20417')
  await page.keyboard.press('Enter')
  await page.getByText(/begin without it/).waitFor()
}

export const screens: Screen[] = [
  { name: 'inbox', path: '/', picture: true },
  { name: 'request', path: request, picture: true },
  { name: 'request-asker', path: `${request}?as=ana` },
  { name: 'request-offered', path: `/r/${porting.id}`, picture: true },
  { name: 'request-solved', path: `/r/${rights.id}` },
  { name: 'request-too-late', path: `/solved/${old.id}?as=ana` },
  { name: 'masked', path: `${request}?as=ana`, then: async (page) => {
    await page.locator('#composer').fill('Refund to DE89 3704 0044 0532 0130 00, not to the card 4111 1111 1111 1111. Call +49 228 1234567 or ana@numbra.example')
    await page.getByText('The IBAN ending in 3000').waitFor()
  } },
  { name: 'palette-share', path: request, then: async (page) => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('screen share')
    await page.keyboard.press('Enter')
    await page.getByPlaceholder('With whom?').waitFor()
    // The list changed under the keyboard: the field names its new place when that is there.
    await page.waitForFunction(() => {
      const id = document.querySelector('input[placeholder="With whom?"]')?.getAttribute('aria-activedescendant')
      return !id || document.getElementById(id)
    })
  } },
  { name: 'cannot', path: request, then: async (page) => page.getByRole('button', { name: /^Take a screenshot: / }).click() },
  { name: 'hand-off', path: request, picture: true, then: async (page) => {
    await page.getByRole('main').getByRole('button', { name: 'More' }).first().click()
    await page.getByRole('menuitem', { name: 'Hand off' }).click()
    await page.getByRole('dialog').waitFor()
  } },
  { name: 'clip', path: request, picture: true, then: async (page) => {
    await page.getByRole('button', { name: 'Jump to 0:06' }).click()
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 5 && document.querySelector('video')?.readyState === 4)
  } },
  { name: 'empty', path: '/?be=empty' },
  { name: 'loading', path: '/?be=loading', then: async (page) => page.waitForSelector('[aria-busy] span') .then(() => undefined) },
  { name: 'offline', path: `${request}?be=offline,unsent`, picture: true },
  { name: 'record-first', path: request, picture: true, then: async (page) => {
    await page.getByRole('button', { name: 'Record a clip' }).click()
    await page.getByRole('dialog').getByText('paints nothing over').waitFor()
  } },
  { name: 'recording', path: `${request}?be=recording` },
  { name: 'recording-narrow', path: `${request}?be=recording`, size: { width: 320, height: 640 } },
  { name: 'missing', path: '/r/0193a000-0000-7000-8000-000000000000' },
  { name: 'solved', path: '/solved' },
  { name: 'board', path: '/board', picture: true },
  { name: 'board-narrow', path: '/board', size: { width: 320, height: 640 } },
  { name: 'people', path: '/people' },
  { name: 'people-topic', path: '/people', then: async (page) => {
    await page.getByRole('textbox').fill('porting')
    await page.getByText('Sam Okafor').waitFor()
    await page.getByText('Ana Lindqvist').waitFor({ state: 'detached' })
  } },
  { name: 'palette', path: request, picture: true, then: async (page) => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('porting date')
    await page.getByText('Found in threads').waitFor()
  } },
  { name: 'keys', path: request, then: press('?') },
  { name: 'ask', path: '/', then: async (page) => {
    await page.keyboard.press('a')
    await page.keyboard.type('swap')
    await page.getByRole('list', { name: 'Already asked or answered' }).waitFor()
  } },
  { name: 'ask-details', path: '/', then: askBilling },
  { name: 'ask-details-narrow', path: '/', size: { width: 320, height: 640 }, then: async (page) => {
    await page.getByRole('button', { name: 'Ask for help' }).first().click()
    await page.getByRole('textbox', { name: 'Your question' }).fill('Two invoices for June?')
    await chooseDesk(page, 'Billing')
  } },
  { name: 'ask-masked', path: '/', then: async (page) => {
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('Paid from DE89 3704 0044 0532 0130 00?')
    await chooseDesk(page, 'Billing')
    await page.getByRole('textbox', { name: 'Invoice number' }).fill('4111 1111 1111 1111')
    await page.getByText('The card number will be masked').waitFor()
  } },
  { name: 'picture-large', path: request, then: async (page) => page.getByRole('button', { name: /^Show ticket/ }).click() },
  { name: 'calling', path: `${request}?be=calling` },
  { name: 'call', path: `${request}?be=calling,joined`, picture: true },
  { name: 'call-outcome', path: `${request}?be=calling,joined`, then: async (page) => {
    await page.getByRole('button', { name: 'Done', exact: true }).or(page.getByRole('button', { name: /^End/ })).first().click()
    await page.getByRole('textbox', { name: /came out/ }).fill('Refund to DE89 3704 0044 0532 0130 00')
    await page.getByText('The IBAN will be masked').waitFor()
  } },
  { name: 'ring-declining', path: `${request}?be=ringing`, then: async (page) => {
    await page.getByRole('button', { name: /^Decline/ }).click()
    await page.getByRole('alertdialog').getByRole('textbox').fill('Card 4111 1111 1111 1111')
    await page.getByText('The card number will be masked').waitFor()
  } },
  { name: 'ring-card', path: `${request}?be=ringing`, picture: true },
  { name: 'overlay', path: '/overlay?as=ana', size: { width: 640, height: 420 }, picture: true, then: async (page) => {
    await page.getByRole('textbox').fill('refund after port')
    await page.getByRole('list', { name: 'Already asked or answered' }).waitFor()
  } },
  { name: 'overlay-answer', path: '/overlay?as=chi&state=answer', size: { width: 640, height: 200 } },
  { name: 'overlay-answer-joined', path: '/overlay?as=ben&state=answer', size: { width: 640, height: 200 } },
  { name: 'overlay-back', path: '/overlay?as=ben&state=back', size: { width: 640, height: 200 } },
  { name: 'overlay-clip', path: '/overlay?as=ana&state=clip', size: { width: 640, height: 200 }, then: async (page) => page.getByText('Sam asks for a clip').waitFor() },
  { name: 'ring-window', path: '/ring?as=ana&be=ringing', size: { width: 380, height: 220 } },
  { name: 'recorder', path: '/recorder?as=ana', size: { width: 720, height: 44 }, picture: true },
  { name: 'recorder-counting', path: '/recorder?as=ana&state=counting', size: { width: 640, height: 44 } },
  { name: 'recorder-failed', path: '/recorder?as=ana&state=failed', size: { width: 720, height: 44 } },
  { name: 'recorder-masked', path: '/recorder?as=ana&state=masked', size: { width: 520, height: 44 } },
  { name: 'pick', path: '/pick?as=ana' },
  { name: 'pick-second', path: '/pick?as=ana&state=second', then: press('r') },
  { name: 'masks', path: '/masks?as=ana' },
  { name: 'masks-boxes', path: '/masks?as=ana&state=boxes' },
  { name: 'sign-in', path: '/?be=out' },
  { name: 'join', path: '/join?be=out#abc' },
  { name: 'join-spent', path: '/join?be=out#spent' },
  { name: 'set-up', path: '/setup?be=out#abc' },
  { name: 'first-run', path: '/welcome?as=ada&be=desktop' },
  { name: 'first-run-taken', path: '/welcome?as=ana&be=desktop&state=taken' },
  { name: 'narrow-inbox', path: '/', size: { width: 320, height: 640 } },
  { name: 'narrow-request', path: request, size: { width: 320, height: 640 }, picture: true },
  ...more,
  ...working,
  ...speaking,
]
