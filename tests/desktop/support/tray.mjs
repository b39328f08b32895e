/** A tray at a desk: what the app's icon and menu say to it, and pressing a line of the menu. */

import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { eventually } from '../../browser/support/waiting.mjs'

/** The system's own Python, which has the bindings of the bus; another one that is first in the path may not. */
export async function tray(machine) {
  const child = machine.spawn('/usr/bin/python3', [join(import.meta.dirname, 'tray.py')], { stdin: true, stdout: true })
  const said = []
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line)))
  const next = async (name, from = 0) => {
    await eventually(() => said.slice(from).some((one) => name in one), Boolean, `the tray saying ${name}`)
    return said.slice(from).find((one) => name in one)[name]
  }
  const tell = (command, answer) => {
    const from = said.length
    child.stdin.write(`${command}\n`)
    return next(answer, from)
  }
  await next('ready')
  return {
    /** The icon that registered last, or the next one after `count` did. */
    item: async (count = 0) => {
      await eventually(() => said.filter((one) => 'item' in one).length, (now) => now > count, 'an icon in the tray')
      return said.filter((one) => 'item' in one).at(-1).item
    },
    menu: () => tell('menu', 'menu'),
    icon: () => tell('icon', 'icon'),
    press: (words) => tell(`press ${words}`, 'pressed'),
  }
}
