/** Somebody who gives many commands: what makes a floor busy, over HTTP and without a screen. */

const AT_ONCE = 50
const MINUTE = 60_000

/** A program of somebody's. It has several sessions, because a server lets one give no more than 50 commands a second for long. */
export class Sender {
  #turn = 0

  constructor(address, me, tokens) {
    Object.assign(this, { address, me, tokens })
  }

  static async of(server, name, sessions) {
    const tokens = []
    let me
    for (let n = 0; n < sessions; n += 1) {
      const secret = new URL((await server.links())[name]).hash.slice(1)
      const answer = await post(`${server.address}/api/v1/session/link`, { secret, device: `bench ${n}`, token: true })
      tokens.push(answer.token)
      me = answer.person
    }
    return new Sender(server.address, me, tokens)
  }

  gives(kind, args) {
    this.#turn += 1
    const token = this.tokens[this.#turn % this.tokens.length]
    return post(`${this.address}/api/v1/commands/${kind}`, args, { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() })
  }

  /** A desk that never closes, where everybody helps. */
  async opensDesk(name) {
    const desk = crypto.randomUUID()
    const hours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 }))
    await this.gives('open_desk', { desk, name, purpose: name, owner: this.me, helpers: { kind: 'everyone' }, audience: 'open', hours })
    return desk
  }

  /** None of them live: those would ring. */
  async asks(desk, count) {
    const requests = Array.from({ length: count }, () => crypto.randomUUID())
    const left = requests.entries()
    const ask = async () => {
      for (const [n, request] of left) {
        const urgency = n % 3 === 0 ? 'whenever' : 'today'
        await this.gives('ask', { request, message: crypto.randomUUID(), desk, text: `eSIM code expired while scanning (${n})`, urgency, asked_at: Date.now() })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, ask))
    return requests
  }

  /** Arranges calls at ever other times, which rows say in words, at a steady rate. */
  changes(rate, pick) {
    const started = performance.now()
    const given = new Map()
    const flying = new Set()
    const failed = []
    let sent = 0
    const timer = setInterval(() => {
      for (const due = ((performance.now() - started) / 1000) * rate; sent < due && flying.size < AT_ONCE; sent++) {
        const [request, at] = [pick(), tomorrow() + (sent % 4000) * MINUTE]
        given.set(`${request} ${spoken(at)}`, performance.timeOrigin + performance.now())
        const going = this.gives('promise_callback', { request, at }).catch((error) => failed.push(error)).finally(() => flying.delete(going))
        flying.add(going)
      }
    }, 2)
    return {
      end: async () => {
        clearInterval(timer)
        await Promise.all(flying)
        if (failed.length > 0) throw failed[0]
        return { sent, given }
      },
    }
  }
}

/** Not today, so that rows say the day, too. */
function tomorrow() {
  return Math.ceil((Date.now() + 25 * 60 * MINUTE) / MINUTE) * MINUTE
}

/** As the rows say it: `Mon 14:05`. */
function spoken(at) {
  const [weekday, time] = [{ weekday: 'short' }, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }].map((how) => new Intl.DateTimeFormat('en-GB', how).format(at))
  return `${weekday} ${time}`
}

async function post(address, body, headers) {
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
