// Two browsers behind the same two verbs: Chromium by playwright-core, WebKitGTK by its own WebDriver.

import { spawn } from 'node:child_process'
import { chromium } from 'playwright-core'

export async function openChromium(url) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'] })
  const page = await browser.newPage()
  await page.goto(url)
  return {
    name: `Chromium ${browser.version()}`,
    call: (verb, ...values) => page.evaluate(([name, args]) => window.proof[name](...args), [verb, values]),
    close: () => browser.close(),
  }
}

export async function openWebKit(url, { port, miniBrowser }) {
  const driver = spawn('/usr/bin/WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore' })
  const base = `http://127.0.0.1:${port}`
  const send = async (method, path, body) => {
    const response = await fetch(base + path, body ? { method, body: JSON.stringify(body) } : { method })
    const { value } = await response.json()
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`)
    return value
  }
  await reachable(base)
  const session = await send('POST', '/session', { capabilities: { alwaysMatch: {
    'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation', '--autoplay-policy=allow'] },
  } } })
  const at = `/session/${session.sessionId}`
  await send('POST', `${at}/timeouts`, { script: 60_000 })
  await send('POST', `${at}/url`, { url })
  return {
    name: `WebKitGTK ${session.capabilities.browserVersion}`,
    async call(verb, ...values) {
      const answer = await send('POST', `${at}/execute/async`, {
        script: 'const done = arguments[2]; Promise.resolve(window.proof[arguments[0]](...arguments[1])).then((ok) => done({ ok }), (error) => done({ error: String(error) }))',
        args: [verb, values],
      })
      if (answer.error) throw new Error(answer.error)
      return answer.ok
    },
    async close() {
      await send('DELETE', at).catch(() => undefined)
      driver.kill()
    },
  }
}

async function reachable(base) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    try {
      await fetch(`${base}/status`)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error('WebKitWebDriver did not come up')
}
