/**
 * A busy floor on the wire: a snapshot of thousands of open requests, then changes at a steady rate over a WebSocket, in
 * the protocol's own words. Not the server under test: what is measured is the page, and a real server on the same two
 * cores would be measured along with it. `bench fanout` measures that.
 */

import { createHash } from 'node:crypto'
import { readFileSync, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.woff2': 'font/woff2', '.png': 'image/png', '.svg': 'image/svg+xml' }
const id = (kind, n) => `0193a000-0000-7${String(kind).padStart(3, '0')}-8000-${String(n).padStart(12, '0')}`

/** Serves the built UI and the floor; `changesPerSecond` begins with `begin()`. */
export async function serve({ ui, requests, changesPerSecond }) {
  const floor = makeFloor(requests)
  const sockets = new Set()
  let seq = 1
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://floor')
    const json = (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (pathname === '/api/v1/hello') return json({ product: 'deskside', version: floor.version, server_version: '0', org: 'Numbra', public_url: '', set_up: true })
    if (pathname === '/api/v1/snapshot') return json({ cursor: { epoch: 1, seq }, me: floor.me, now: Date.now(), entities: floor.entities })
    if (pathname.startsWith('/api/')) return response.writeHead(404).end()
    const file = join(ui, pathname)
    const found = extname(file) && existsSync(file) ? file : join(ui, 'index.html')
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' }).end(readFileSync(found))
  })
  server.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`)
    socket.on('error', () => sockets.delete(socket))
    socket.on('close', () => sockets.delete(socket))
    send(socket, { type: 'caught_up', seq })
    sockets.add(socket)
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  let timer
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    floor,
    /** `pick` says which request changes next; its words carry the moment they were sent. */
    begin(pick) {
      const started = performance.now()
      let sent = 0
      // One frame on the wire for each change, as they come from people; a coarse timer catches up.
      timer = setInterval(() => {
        for (const due = ((performance.now() - started) / 1000) * changesPerSecond; sent < due; sent++) {
          const request = pick(floor.requests)
          request.text = `${request.words} · ${(performance.timeOrigin + performance.now()).toFixed(1)}`
          request.touched_at = Date.now()
          const { words: _words, ...row } = request
          for (const socket of sockets) send(socket, { type: 'changes', prev: seq, seq: seq + 1, items: [{ put: row }] })
          seq += 1
        }
      }, 2)
      return () => (clearInterval(timer), sent)
    },
    close() {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

function send(socket, frame) {
  const body = Buffer.from(JSON.stringify(frame))
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
  socket.write(Buffer.concat([head, body]))
}

function makeFloor(count) {
  const wire = readFileSync(join(import.meta.dirname, '../../../ui/src/protocol/wire.ts'), 'utf8')
  const version = /VERSION = "([^"]+)"/.exec(wire)?.[1]
  const { people, desks, org } = firm()
  const now = Date.now()
  const words = ['Refund after port-out, allowed?', 'eSIM code expired while scanning', 'Which form for a router swap?', 'Dunning letter although instalments were agreed', 'Roaming cap was raised, lock says 50']
  const states = ['open', 'open', 'open', 'accepted', 'accepted', 'waiting_asker', 'answered']
  const requests = Array.from({ length: count }, (_, n) => {
    const state = states[n % states.length]
    const text = `${words[n % words.length]} (${n})`
    return {
      entity: 'request', id: id(3, n), desk: desks[n % desks.length].id, asker: people[1 + (n % (people.length - 1))].id, owner: state === 'open' ? null : people[n % people.length].id,
      words: text, text, urgency: n % 40 === 0 ? 'live' : n % 3 === 0 ? 'whenever' : 'today', ticket: n % 2 ? { label: `ZD ${4000 + n}`, url: '' } : null, private_with: null, state,
      asked_at: now - ((n * 7919) % 28_800) * 1000, first_response_at: null, answered_at: state === 'answered' ? now - 60_000 : null, solved_at: null, touched_at: now - 60_000,
      clip_wanted_by: null, thanked: false, archived: false, care: care(now),
    }
  })
  return { version, me: people[0].id, requests, entities: [org, ...people, ...desks, ...requests.map(({ words: _words, ...row }) => row)] }
}

/** What a desk owes, as plain as it can be. */
function care(now) {
  return {
    plan: '', waiting_for: '', next_update_by: now + 1_800_000, update_late: 'no', update_look_at: null, silence_at: null, first_response_by: now + 1_800_000, solve_by: now + 14_400_000, worked: 0, waited: 0,
    counted_at: now, alarm: null, callback: null, hand_over: null, card: null, desk_changes: 0, owner_changes: 0, critical: null, to_vet: false, joined: [], merged_into: null, blocked_by: [], unblocked_at: null, stalled: null,
    unconfirmed: false, asks_solved: false, verdict: null, follow_up: null, reminders: [], next_time: '', met: null, details: [],
  }
}

function firm() {
  const names = ['Sam Okafor', 'Ana Lindqvist', 'Ben Achterberg', 'Chi Nakamura', 'Dov Peretz', 'Eve Castellano', 'Fay Whitcombe', 'Kit Sørensen']
  const profile = { team: '', title: '', languages: [], topics: [], site: '', zone: '', hours: [], reach_me_by: '' }
  const people = Array.from({ length: 200 }, (_, n) => ({
    entity: 'person', id: id(1, n), name: names[n] ?? `Person ${n}`, email: `p${n}@numbra.example`, role: n ? 'agent' : 'lead', active: true, status: 'available', status_at: 0, status_until: null, status_unconfirmed: false,
    phone: '', call_link: '', quiet: null, quiet_now: false, busy_until: null, calendar: 'none', asked_solved_at: null, profile,
  }))
  const standard = { first_response: 0, resolution: 0, reply: 0 }
  const service = { guidelines: '', hints: [], fields: [], deputy: { kind: 'everyone' }, vetters: [], special_days: [], standards: { live: standard, today: standard, whenever: standard }, wip_limit: 0, escalation: null, posting: { agents: 'always', leads: 'always', admins: 'always' } }
  const desks = ['Phones help', 'Billing', 'Tools and access', 'Porting', 'Devices'].map((name, n) => ({
    entity: 'desk', id: id(2, n), name, purpose: name, owner: people[0].id, helpers: { kind: 'everyone' }, audience: 'open', hours: [], zone: '', provider: null, review_before_upload: false, closed: false, service, rota: [], gaps: [],
    hours_since: 0, earlier_hours: [], unwatched: null, history: [],
  }))
  const org = { entity: 'org', name: 'Numbra', zone: 'Europe/Berlin', provider: null, ticket_patterns: [], deny_windows: [], exempt_numbers: [], keep_media_days: 90, browser_clips: true, mask_contacts: false }
  return { people, desks, org }
}
