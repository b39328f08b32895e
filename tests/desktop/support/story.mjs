/**
 * What every story needs: a server, browsers, desks, and pictures of all screens when a test fails. The pictures and the
 * app's logs lie in `failures/`, where CI finds them.
 */

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test as nodeTest } from 'node:test'
import { Team } from '../../browser/support/team.mjs'
import { App } from './app.mjs'
import { Machine } from './machine.mjs'

const kept = resolve(import.meta.dirname, '../failures')

export class Story {
  machines = []
  apps = []

  async begin(how) {
    this.team = await Team.gather([], how)
  }

  get server() {
    return this.team.server
  }

  /** A desk of its own for this person. */
  async desk(name, size) {
    const machine = await Machine.start(name, size)
    this.machines.push(machine)
    return machine
  }

  /** The app at this desk, signed in as Ana, Sam or Ada, with its inbox there. */
  async app(machine, person, how) {
    const app = await this.start(machine, ['--sign-in', (await this.server.links())[person], ...(how?.args ?? [])], how)
    const main = await app.page('main')
    await main.until(() => document.querySelector('[data-list]') && !document.querySelector('[aria-busy=true]'), 'the inbox')
    return { app, main }
  }

  async start(machine, args, how) {
    const app = await App.start(machine, args, how)
    this.apps.push(app)
    return app
  }

  async end() {
    for (const app of this.apps) await app.quit()
    for (const machine of this.machines) await machine.stop()
    await this.team?.goHome()
  }

  /** A test whose failure leaves pictures behind. */
  test(name, body) {
    nodeTest(name, async () => {
      try {
        await body()
      } catch (error) {
        await this.#keep(name)
        throw error
      }
    })
  }

  async #keep(name) {
    const folder = join(kept, name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80))
    mkdirSync(folder, { recursive: true })
    for (const machine of this.machines) {
      await machine.picture(join(folder, `${machine.name}.png`)).catch(() => undefined)
      if (existsSync(join(machine.folder, 'errors'))) cpSync(join(machine.folder, 'errors'), join(folder, `${machine.name}-errors`))
    }
    for (const [i, app] of this.apps.entries()) writeFileSync(join(folder, `app-${i}.log`), app.log())
    for (const [i, context] of this.team.browser.contexts().entries()) {
      for (const page of context.pages()) await page.screenshot({ path: join(folder, `browser-${i}.png`) }).catch(() => undefined)
    }
    writeFileSync(join(folder, 'server.log'), this.server.log)
    console.log(`pictures and logs: ${folder}`)
  }
}

/** Where a picture of the running app goes when somebody wants to look at it: `PICTURES=folder npm test`. */
export async function look(machine, name) {
  if (!process.env.PICTURES) return
  mkdirSync(process.env.PICTURES, { recursive: true })
  await machine.picture(join(process.env.PICTURES, `${name}.png`))
}
