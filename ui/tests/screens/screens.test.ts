/** Every designed screen, light and dark: it shows, and the accessibility checker has nothing serious to say. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { expectAccessible, launch, open, shoot } from './browser'
import { screens } from './screens'

const folder = process.env['SCREENS_DIR'] ?? join(import.meta.dirname, '../../../docs/screens')
const only = process.env['SCREENS_ONLY']?.split(',')

let browser: Browser
beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  browser = await launch()
})
afterAll(() => browser.close())

for (const theme of ['light', 'dark'] as const) {
  describe(theme, () => {
    for (const screen of screens.filter(({ name }) => !only || only.includes(name))) {
      test(screen.name, async () => {
        const page = await open(browser, screen.path, { theme, still: true, ...screen.size })
        await page.waitForLoadState('networkidle')
        await screen.then?.(page)
        if (screen.picture || process.env['SCREENS_ALL']) await shoot(page, join(folder, `${screen.name}-${theme}.png`))
        if (screen.picture && !screen.size) {
          const wide = await open(browser, screen.path, { theme, still: true, width: 1920, height: 1080 })
          await wide.waitForLoadState('networkidle')
          await screen.then?.(wide)
          await shoot(wide, join(folder, `${screen.name}-${theme}-wide.png`))
          await wide.context().close()
        }
        await expectAccessible(page)
        await page.context().close()
      })
    }
  })
}
