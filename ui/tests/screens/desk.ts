/** Choosing a desk in the panel of a question. */

import type { Page } from 'playwright-core'

export async function chooseDesk(page: Page, name: string): Promise<void> {
  await page.locator('[data-ask-desk] button').click()
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click()
  await page.getByRole('listbox').waitFor({ state: 'detached' })
}
