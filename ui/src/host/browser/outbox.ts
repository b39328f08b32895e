/**
 * Commands on their way, in order, exactly once. A command is on disk before anybody is told it is kept; it gets its
 * number when it is first sent, and the same number always gets the same answer. It leaves when its effects have come by
 * the feed. One outbox belongs to one tab at a time (`takeSlot`), and each person has a line of their own in it.
 */

import type { Batch, BatchResult, Command, CommandResult, PersonId, Problem } from '../../protocol/wire'
import { Refused, type Readable, type Waiting } from '../host'
import { store, type Store } from '../store'
import { Unreachable, type Api } from './api'
import type { Kept, KeptLine } from './kept'
import { uuid7 } from './uuid'

const MOST = 50
const RETRY = { first: 500, last: 15_000 }
/** After this long "a customer is waiting" is probably not true any more. */
const STALE = 10 * 60_000

interface Line extends KeptLine {
  state: Waiting['state']
  seq?: number
  problem?: Problem
  resolve?: (result: CommandResult) => void
  reject?: (error: Error) => void
}

/** What a person's line of commands needs to go on after a restart. */
interface Head {
  clientId: string
  nextN: number
  acked: number
}

export interface OutboxEvents {
  /** The server has decided at least one command. */
  onDecided: () => void
  onSignedOut: () => void
  /** Whether the server is known to answer. Where it is not, it is asked first: an ask that left can't be held any more. */
  isOnline: () => boolean
  /** After how many milliseconds it tries again, at first and at most. */
  retry?: { first: number; last: number }
}

export class Outbox {
  readonly #shown: Store<readonly Waiting[]> = store<readonly Waiting[]>([])
  #lines: Line[] = []
  #at = 1
  #person: PersonId | undefined
  #head: Head | undefined
  #sending = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #wait: number
  #reached = 0
  /** What is on disk is written by one after the other. */
  #disk: Promise<void> = Promise.resolve()

  private constructor(
    private readonly api: Api,
    private readonly kept: Kept,
    private readonly events: OutboxEvents,
  ) {
    this.#wait = this.#pace.first
  }

  get #pace() {
    return this.events.retry ?? RETRY
  }

  static async open(api: Api, kept: Kept, events: OutboxEvents): Promise<Outbox> {
    const outbox = new Outbox(api, kept, events)
    const lines = (await kept.lines()).sort((a, b) => a.at - b.at)
    outbox.#lines = lines.map((line) => ({ ...line, state: 'kept' }))
    outbox.#at = (lines.at(-1)?.at ?? 0) + 1
    return outbox
  }

  /** Whose line it is from now on. What somebody else left stays where it is until they come back. */
  async belongTo(person: PersonId): Promise<void> {
    if (this.#person === person) return
    this.#head = (await this.kept.value<Head>(`head ${person}`)) ?? { clientId: uuid7(), nextN: 1, acked: 0 }
    await this.#keepHead(person, this.#head)
    this.#person = person
    this.#reached = 0
    this.#tell()
    this.flush()
  }

  /** Names this person's line to the server. Empty before anybody signed in. */
  get clientId(): string {
    return this.#head?.clientId ?? ''
  }

  get waiting(): Readable<readonly Waiting[]> {
    return this.#shown
  }

  /** Keeps a command and sends it. Resolves when the server has decided; rejects with `Refused` when it said no. */
  send(command: Command): Promise<CommandResult> {
    const person = this.#person
    if (!person) return Promise.reject(new Refused({ code: 'sign_in_needed' }))
    return new Promise((resolve, reject) => {
      const line: Line = { at: this.#at++, person, command_id: uuid7(), command, since: Date.now(), state: 'keeping', resolve, reject }
      this.#lines.push(line)
      this.#tell()
      void this.#keep(line).then(() => this.flush())
    })
  }

  /** Sends what waits. Safe to call at any time. */
  flush(): void {
    clearTimeout(this.#retry)
    if (!this.#sending && this.#person) void this.#send()
  }

  /** The feed has come this far: what it contains need not be shown as waiting any more. */
  reached(seq: number): void {
    this.#reached = Math.max(this.#reached, seq)
    const before = this.#lines.length
    this.#lines = this.#lines.filter((line) => line.seq === undefined || line.seq > this.#reached)
    if (this.#lines.length !== before) this.#tell()
  }

  /** A held ask is still needed: it is sent, whatever its age. */
  release(commandId: string): void {
    const line = this.#lines.find((one) => one.command_id === commandId && one.state === 'held')
    if (!line) return
    line.released = true
    line.state = 'kept'
    this.#tell()
    void this.#keep(line).then(() => this.flush())
  }

  /**
   * Forgets what was refused, and takes back what was never sent. Anything else may be with the server already. What
   * speaks of a request that is not asked any more goes with it.
   */
  forget(commandId: string): void {
    const line = this.#lines.find((one) => one.command_id === commandId)
    if (!line || (line.n !== undefined && line.state !== 'refused')) return
    const { command } = line
    const request = line.state === 'held' && command.kind === 'ask' ? command.args.request : undefined
    const gone = this.#lines.filter((one) => one === line || (request && one.n === undefined && speaksOf(one.command, request)))
    this.#lines = this.#lines.filter((one) => !gone.includes(one))
    for (const one of gone) {
      if (one.state !== 'refused') one.reject?.(new Refused({ code: 'wrong_state' }))
      void this.#write(() => this.kept.dropLine(one.at))
    }
    this.#tell()
  }

  async #keep(line: Line): Promise<void> {
    try {
      await this.#write(() => this.kept.putLines([bare(line)]))
    } catch {
      // A full or forbidden disk: it still goes out from memory, and is shown as not kept until then.
      return
    }
    if (line.state === 'keeping') line.state = 'kept'
    this.#tell()
  }

  async #send(): Promise<void> {
    this.#sending = true
    try {
      for (;;) {
        const lines = this.#next()
        if (lines.length === 0) break
        const isFresh = lines.some((line) => line.n === undefined)
        if (isFresh && !this.events.isOnline() && !(await this.#answers())) return this.#again()
        if (isFresh && !(await this.#number(lines))) break
        for (const line of lines) line.state = 'sending'
        this.#tell()
        const head = this.#head
        if (!head) break
        const commands = lines.map(({ n, command_id, command }) => ({ n: n ?? 0, command_id, command }))
        const batch: Batch = { client_id: head.clientId, acked: head.acked, commands }
        let answer: BatchResult
        try {
          answer = await this.api.post<BatchResult>('/commands', batch)
        } catch (error) {
          for (const line of lines) line.state = 'kept'
          this.#tell()
          if (error instanceof Refused && error.problem.code === 'sign_in_needed') return this.events.onSignedOut()
          if (error instanceof Refused && !passes(error)) return this.#refuse(lines[0], error)
          return this.#again()
        }
        this.#wait = this.#pace.first
        for (const result of answer.results) await this.#decided(result, lines)
        // What was decided waits for the feed; it must not go out again.
        for (const line of lines) if (line.state === 'sending' && line.seq === undefined) line.state = 'kept'
        this.events.onDecided()
        this.#tell()
        if (answer.results.length === 0) return this.#again()
      }
    } finally {
      this.#sending = false
    }
  }

  /** What goes out next: numbered lines first and as they are, then what waits; old asks become held on the way. */
  #next(): Line[] {
    const mine = this.#lines.filter((line) => line.person === this.#person && (line.state === 'kept' || line.state === 'keeping'))
    const numbered = mine.filter((line) => line.n !== undefined).sort((a, b) => (a.n ?? 0) - (b.n ?? 0))
    const held = new Set(this.#lines.filter((line) => line.state === 'held').flatMap(({ command }) => (command.kind === 'ask' ? [command.args.request] : [])))
    const fresh: Line[] = []
    for (const line of mine) {
      if (line.n !== undefined) continue
      const { command } = line
      if (command.kind === 'ask' && command.args.urgency === 'live' && !line.released && Date.now() - line.since > STALE) {
        line.state = 'held'
        held.add(command.args.request)
        this.#tell()
      } else if (![...held].some((request) => speaksOf(command, request))) fresh.push(line)
    }
    return [...numbered, ...fresh].slice(0, MOST)
  }

  /** Gives numbers to those that have none, on disk before they leave. False: somebody else has signed in meanwhile. */
  async #number(lines: readonly Line[]): Promise<boolean> {
    const [head, person] = [this.#head, this.#person]
    if (!head || !person) return false
    for (const line of lines) line.n ??= head.nextN++
    try {
      await this.#write(() => this.kept.putLines(lines.map(bare)))
      await this.#keepHead(person, head)
    } catch {
      // As with keeping: without a disk they go out from memory.
    }
    return this.#person === person
  }

  async #answers(): Promise<boolean> {
    try {
      await this.api.get('/hello')
      return true
    } catch (error) {
      return !(error instanceof Unreachable)
    }
  }

  async #decided(result: CommandResult, lines: readonly Line[]): Promise<void> {
    const line = lines.find((one) => one.n === result.n)
    const [head, person] = [this.#head, this.#person]
    if (line) await this.#write(() => this.kept.dropLine(line.at))
    if (head && person) {
      head.acked = Math.max(head.acked, result.n)
      await this.#keepHead(person, head)
    }
    if (!line) return
    line.seq = result.seq
    if (result.refused) {
      line.state = 'refused'
      line.problem = result.refused
      line.reject?.(new Refused(result.refused))
      // Words that were refused stay to be read and copied; a button's refusal was told where it was pressed.
      if (!hasWords(line.command)) this.#lines = this.#lines.filter((one) => one !== line)
      else delete line.seq
    } else {
      line.resolve?.(result)
      if (result.seq <= this.#reached) this.#lines = this.#lines.filter((one) => one !== line)
    }
  }

  /** The whole batch was refused for good (a command that makes no sense): the first one is told and set aside. */
  #refuse(line: Line | undefined, error: Refused): void {
    if (!line) return
    line.state = 'refused'
    line.problem = { ...error.problem, type: '', status: 0, title: '', next: '' } as Problem
    line.reject?.(error)
    this.#tell()
  }

  #again(): void {
    // A little chance keeps a floor of agents from returning in the same instant.
    this.#retry = setTimeout(() => this.flush(), this.#wait * (0.75 + Math.random() / 2))
    this.#wait = Math.min(this.#pace.last, this.#wait * 2)
  }

  #keepHead(person: PersonId, head: Head): Promise<void> {
    return this.#write(() => this.kept.setValue(`head ${person}`, { ...head }))
  }

  #write(what: () => Promise<void>): Promise<void> {
    const written = this.#disk.then(what)
    this.#disk = written.catch(() => undefined)
    return written
  }

  #tell(): void {
    const mine = this.#lines.filter((line) => line.person === this.#person)
    this.#shown.set(
      mine.map(({ command_id, command, state, since, n, problem }) => ({
        commandId: command_id, command, state, since, maybeSent: n !== undefined && state !== 'refused', ...(problem && { problem }),
      })),
    )
  }
}

/** What of a line goes to disk. */
function bare({ at, person, command_id, command, since, n, released }: Line): KeptLine {
  return { at, person, command_id, command, since, ...(n !== undefined && { n }), ...(released && { released }) }
}

/** Ids are unique, so whatever names the request's id is about it, whichever command it is. */
function speaksOf(command: Command, request: string): boolean {
  return JSON.stringify(command).includes(request)
}

/** Whether trying again later can help. */
function passes(error: Refused): boolean {
  // Another version: once the page or the server is of the same.
  return ['unavailable', 'fault', 'slow_down', 'gap', 'checksum_mismatch', 'version_mismatch'].includes(error.problem.code)
}

function hasWords(command: Command): boolean {
  return ['ask', 'say', 'answer', 'ask_back'].includes(command.kind)
}
