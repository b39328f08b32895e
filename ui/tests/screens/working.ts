/** The screens of the working rules: promised calls, what is critical, vetted desks, look-alikes, whether one can be reached. */

import type { Page } from 'playwright-core'
import { alsoIvr, engineering, fraud, ivr, numbers, phones, refund, tariff } from '../../src/host/fake/numbra'
import { chooseDesk } from './desk'
import type { Screen } from './screens'

/** Opens what the request's menu offers. */
export function fromMenu(name: string | RegExp): (page: Page) => Promise<void> {
  return async (page) => {
    await page.getByRole('main').getByRole('button', { name: 'More' }).first().click()
    await page.getByRole('menuitem', { name }).click()
    await page.getByRole('dialog').waitFor()
  }
}

export const working: Screen[] = [
  { name: 'callback', path: `/r/${tariff.id}`, picture: true },
  { name: 'callback-asker', path: `/r/${tariff.id}?as=eve` },
  { name: 'callback-promise', path: `/r/${refund.id}`, then: fromMenu('Promise a call') },
  { name: 'callback-own-time', path: `/r/${refund.id}`, then: async (page) => {
    await fromMenu('Promise a call')(page)
    await page.getByRole('dialog').getByRole('button', { name: /^in 30 min/ }).click()
    await page.getByRole('option', { name: 'Another time' }).click()
    await page.getByRole('textbox', { name: 'Time' }).fill('18:30')
    await page.keyboard.press('Tab')
    await page.getByText('The desk is closed then').waitFor()
  } },
  { name: 'critical', path: `/r/${refund.id}?as=ana`, then: async (page) => {
    await page.keyboard.press('!')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('No port-out can be refunded since this morning')
  } },
  { name: 'critical-review', path: `/r/${fraud.id}?as=sid` },
  { name: 'critical-reviewing', path: `/r/${fraud.id}`, then: async (page) => {
    await page.getByRole('button', { name: 'Write it down' }).click()
    await page.getByRole('dialog').waitFor()
  } },
  { name: 'merge', path: `/r/${alsoIvr.id}`, picture: true, then: async (page) => {
    await fromMenu('Merge with another request')(page)
    await page.getByRole('radio').first().check({ force: true })
    await page.getByText('It can\'t be undone').waitFor()
  } },
  { name: 'merge-nothing-found', path: `/r/${ivr.id}`, then: async (page) => {
    await fromMenu('Merge with another request')(page)
    await page.keyboard.type('zzz')
    await page.getByText('None with these words').waitFor()
  } },
  { name: 'vet', path: `/r/${numbers.id}`, picture: true },
  { name: 'vet-asker', path: `/r/${numbers.id}?as=chi` },
  { name: 'vet-forward', path: `/r/${numbers.id}`, then: async (page) => {
    await page.getByRole('button', { name: 'Send it on' }).click()
    await page.getByRole('dialog').waitFor()
  } },
  { name: 'vet-ask', path: '/?as=ana', then: async (page) => {
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('Port queue is stuck again')
    await chooseDesk(page, 'Engineering')
    await page.getByText('Engineering is a vetted desk').waitFor()
  } },
  { name: 'ask-away', path: '/people?as=ana', then: async (page) => {
    await page.getByRole('button', { name: 'Ask privately: Dov Peretz' }).click()
    await page.getByText('Dov is away').waitFor()
  } },
  { name: 'status-until', path: '/', then: async (page) => {
    await page.getByRole('button', { name: /^Your status/ }).click()
    await page.getByRole('menuitem', { name: 'Until when?' }).click()
    await page.getByRole('dialog').waitFor()
  } },
  { name: 'rota', path: `/rota/${phones.id}`, picture: true },
  { name: 'rota-read', path: `/rota/${phones.id}?as=ana` },
  { name: 'rota-empty', path: `/rota/${engineering.id}?as=eli` },
  { name: 'rota-wrong', path: `/rota/${phones.id}`, then: async (page) => {
    await page.getByRole('textbox', { name: 'Monday, 1, from' }).fill('13')
    await page.keyboard.press('Tab')
    await page.getByText('Ends after it begins').waitFor()
  } },
  { name: 'rota-narrow', path: `/rota/${phones.id}`, size: { width: 320, height: 640 } },
  { name: 'share-small', path: '/board?be=small' },
  { name: 'share-few', path: '/board?be=few' },
  { name: 'blocked', path: `/r/${ivr.id}?be=blocked`, picture: true },
  { name: 'blocked-blocker', path: `/r/${refund.id}?be=blocked` },
  { name: 'blocked-over', path: `/r/${alsoIvr.id}?be=blocked` },
  { name: 'blocked-board', path: '/board?be=blocked' },
  { name: 'blocked-narrow', path: `/r/${ivr.id}?be=blocked`, size: { width: 320, height: 640 } },
  { name: 'blocked-choose', path: `/r/${alsoIvr.id}`, then: async (page) => {
    await fromMenu('Blocked by another request')(page)
    await page.getByRole('radio').first().check({ force: true })
    await page.getByText('When that one is over').waitFor()
  } },
  { name: 'where', path: '/where?be=grown', picture: true },
  { name: 'where-narrow', path: '/where?be=grown', size: { width: 320, height: 640 } },
  { name: 'where-first', path: '/where' },
  { name: 'unwatched', path: '/?be=unwatched', picture: true },
  { name: 'unwatched-board', path: '/board?be=unwatched&as=ben' },
  { name: 'unwatched-narrow', path: '/board?be=unwatched', size: { width: 320, height: 640 } },
  { name: 'unwatched-shift', path: '/shift?be=unwatched' },
  { name: 'shift', path: '/shift', picture: true, then: async (page) => {
    await page.getByRole('textbox', { name: /Old Family L/ }).fill('Ring the tariff team at 15:00')
    await page.getByRole('textbox', { name: /Refund after/ }).fill('The porting date has to be set')
  } },
  { name: 'shift-offered', path: '/shift', then: async (page) => {
    await page.getByRole('textbox', { name: /Old Family L/ }).fill('Ring the tariff team at 15:00')
    await page.getByRole('button', { name: 'Offer it' }).click()
    await page.getByText('offered to Sid').waitFor()
  } },
  { name: 'hand-off-masked', path: `/r/${refund.id}`, then: async (page) => {
    await fromMenu('Hand off')(page)
    await page.getByRole('textbox', { name: 'What is needed now' }).fill('Refund to DE89 3704 0044 0532 0130 00, call +49 228 1234567')
    await page.getByText('The IBAN will be masked').waitFor()
  } },
  { name: 'plan-kept', path: `/r/${refund.id}?be=offline`, then: async (page) => {
    await fromMenu('Say what happens next')(page)
    await page.keyboard.type('Check the porting date')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('saved here, not sent yet').waitFor()
  } },
  { name: 'computer-unread', path: '/settings/computer?as=ana&be=desktop&state=failed', then: async (page) => page.getByRole('alert').waitFor() },
  { name: 'shift-masked', path: '/shift', then: async (page) => {
    await page.getByRole('textbox', { name: /Old Family L/ }).fill('Refund to DE89 3704 0044 0532 0130 00')
    await page.getByText('The IBAN will be masked').waitFor()
  } },
  { name: 'shift-empty', path: '/shift?as=fay' },
  { name: 'shift-narrow', path: '/shift', size: { width: 320, height: 640 } },
  { name: 'still', path: '/still?be=still', picture: true },
  { name: 'still-empty', path: '/still' },
  { name: 'still-no-desk', path: '/still?as=ana' },
  { name: 'still-loading', path: '/still?be=loading', then: async (page) => page.waitForSelector('[aria-busy] span').then(() => undefined) },
  { name: 'still-narrow', path: '/still?be=still', size: { width: 320, height: 640 } },
  { name: 'inbox-still', path: '/?be=still' },
  { name: 'settings-special-days', path: `/settings/desks/${phones.id}`, picture: true, then: async (page) => {
    await page.getByRole('button', { name: 'Add a special day' }).click()
    await page.getByRole('textbox', { name: 'Special day 3, name' }).scrollIntoViewIfNeeded()
  } },
  { name: 'settings-affected', path: `/settings/desks/${engineering.id}?as=eli`, then: async (page) => {
    await page.getByText('Everyone helps', { exact: true }).click()
    await page.getByText(/help here from then on/).waitFor()
  } },
  { name: 'ticket', path: `/r/${refund.id}`, then: async (page) => {
    await page.getByRole('button', { name: 'ZD 4711: what was asked about it' }).click()
    await page.getByText('Nothing else was asked').waitFor()
  } },
  { name: 'settings-vetted', path: `/settings/desks/${engineering.id}?as=eli`, then: async (page) => {
    await page.getByRole('group', { name: 'Vetters' }).scrollIntoViewIfNeeded()
  } },
  { name: 'working-narrow', path: `/r/${numbers.id}`, size: { width: 320, height: 640 } },
]
