// Serves a page and a clip that grows by one cluster when its second is over, as a recorder's upload would.
// `hold`: answers to "to the end and on" stay open (RFC 8673); otherwise they end with what there is.

import { createServer } from 'node:http'

export async function serve({ port, page, clip, hold, delayMs = 120 }) {
  let begun = 0
  let over = false
  let stall = false
  const waiting = new Set()

  const available = () => {
    if (over) return clip.clusters.length
    const now = Date.now() - begun - delayMs
    let count = 0
    while (count < clip.clusters.length && endOf(count) * 1000 <= now) count++
    return stall ? Math.min(count, stall) : count
  }
  const endOf = (index) => (clip.clusters[index + 1]?.time ?? clip.clusters[index].time + 1000) / 1000
  const lengthNow = () => clip.clusters.slice(0, available()).reduce((sum, cluster) => sum + cluster.bytes.length, clip.growing.length)
  const slice = (from, to) => Buffer.concat([over ? clip.finished : clip.growing, ...clip.clusters.map((cluster) => cluster.bytes)]).subarray(from, to)

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://proof')
    if (url.pathname === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(page.html)
    if (url.pathname === '/page.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(page.js)
    if (url.pathname === '/begin') { begun = Date.now(); over = false; stall = false; return response.end('ok') }
    if (url.pathname === '/clock') return response.end(JSON.stringify({ begun, now: Date.now() }))
    if (url.pathname === '/stall') { stall = available(); return response.end('ok') }
    if (url.pathname === '/resume') { stall = false; return response.end('ok') }
    if (url.pathname === '/finish') { over = true; for (const end of waiting) end(); return response.end('ok') }
    if (url.pathname !== '/clip.webm') return response.writeHead(404).end()

    const end = lengthNow()
    const total = over ? end : '*'
    const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '')
    const headers = { 'content-type': 'video/webm', 'cache-control': 'no-store', 'accept-ranges': 'bytes' }
    if (!match) return response.writeHead(200, headers).end(slice(0, end))
    const from = match[1] === '' ? Math.max(0, end - Number(match[2])) : Number(match[1])
    const last = match[1] === '' || match[2] === '' ? end - 1 : Number(match[2])
    const endless = last === Number.MAX_SAFE_INTEGER && hold && !over
    if (from >= end && !endless) return response.writeHead(416, { ...headers, 'content-range': `bytes */${total}` }).end()
    if (!endless) {
      const to = Math.min(last, end - 1)
      return response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${to}/${total}` }).end(slice(from, to + 1))
    }
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${last}/*` })
    let at = from
    const more = () => {
      const now = lengthNow()
      if (now > at) { response.write(slice(at, now)); at = now }
    }
    more()
    const timer = setInterval(more, 20)
    const stop = () => { clearInterval(timer); waiting.delete(stop); response.end() }
    waiting.add(stop)
    response.on('close', stop)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
