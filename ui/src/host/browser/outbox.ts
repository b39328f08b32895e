/**
 * Commands on their way, in order, exactly once. A command is on disk before anybody is told it is kept; it goes out in
 * batches with its number, and the same number always gets the same answer. It leaves when its effects have come by the feed.
 * One outbox belongs to one tab at a time (`takeSlot`).
 */

import type { Batch, BatchResult, Command, CommandResult, Problem } from '../../protocol/wire'
import { Refused, type Readable, type Waiting } from '../host'
import { store, type Store } from '../store'
import type { Api } from './api'
import type { Kept, KeptCommand } from './kept'
import { uuid7 } from './uuid'

const MOST = 50
const RETRY_FIRST = 500
const RETRY_LAST = 15_000

interface Line extends KeptCommand {
  state: Waiting['state']
  /** It may have reached the server: its number is spent, and it can't be taken back. */
  tried: boolean
  seq?: number
  problem?: Problem
  resolve?: (result: CommandResult) => void
  reject?: (error: Error) => void
}

export interface OutboxEvents {
  /** The server has decided at least one command. */
  onDecided: () => void
  onSignedOut: () => void
}

export class Outbox {
  readonly #shown: Store<readonly Waiting[]> = store<readonly Waiting[]>([])
  #lines: Line[] = []
  #next = 1
  #acked = 0
  #sending = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #wait = RETRY_FIRST
  #reached = 0

  private constructor(
    readonly clientId: string,
    private readonly api: Api,
    private readonly kept: Kept,
    private readonly events: OutboxEvents,
  ) {}

  static async open(api: Api, kept: Kept, events: OutboxEvents): Promise<Outbox> {
    const id = (await kept.value<string>('client_id')) ?? uuid7()
    await kept.setValue('client_id', id)
    const outbox = new Outbox(id, api, kept, events)
    const commands = (await kept.commands()).sort((a, b) => a.n - b.n)
    outbox.#lines = commands.map((command) => ({ ...command, state: 'kept', tried: true }))
    outbox.#next = Math.max((await kept.value<number>('next_n')) ?? 1, (commands.at(-1)?.n ?? 0) + 1)
    outbox.#acked = (await kept.value<number>('acked')) ?? 0
    outbox.#tell()
    return outbox
  }

  get waiting(): Readable<readonly Waiting[]> {
    return this.#shown
  }

  /** Keeps a command and sends it. Resolves when the server has decided; rejects with `Refused` when it said no. */
  send(command: Command): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const line: Line = { n: this.#next++, command_id: uuid7(), command, since: Date.now(), state: 'keeping', tried: false, resolve, reject }
      this.#lines.push(line)
      this.#tell()
      void this.#keep(line).then(() => this.flush())
    })
  }

  /** Sends what waits. Safe to call at any time. */
  flush(): void {
    clearTimeout(this.#retry)
    if (!this.#sending) void this.#send()
  }

  /** The feed has come this far: what it contains need not be shown as waiting any more. */
  reached(seq: number): void {
    this.#reached = Math.max(this.#reached, seq)
    const before = this.#lines.length
    this.#lines = this.#lines.filter((line) => line.seq === undefined || line.seq > this.#reached)
    if (this.#lines.length !== before) this.#tell()
  }

  /** Forgets what was refused, and takes back what was never sent. Anything else may be with the server already. */
  forget(commandId: string): void {
    const line = this.#lines.find((one) => one.command_id === commandId)
    if (!line || (line.tried && line.state !== 'refused')) return
    this.#lines = this.#lines.filter((one) => one !== line)
    if (!line.tried) {
      line.reject?.(new Refused({ code: 'wrong_state' }))
      void this.#closeGap(line.n)
    }
    this.#tell()
  }

  async #keep(line: Line): Promise<void> {
    const { n, command_id, command, since } = line
    try {
      await this.kept.putCommand({ n, command_id, command, since })
      await this.kept.setValue('next_n', this.#next)
    } catch {
      // A full or forbidden disk: it still goes out from memory, and is shown as not kept until then.
      return
    }
    if (line.state === 'keeping') line.state = 'kept'
    this.#tell()
  }

  /** What stood behind a line that was taken back moves up, so that the numbers have no gap. None of it was sent yet. */
  async #closeGap(gone: number): Promise<void> {
    const later = this.#lines.filter((line) => line.n > gone)
    for (const line of later) line.n -= 1
    this.#next -= 1
    await this.kept.dropCommand(this.#next)
    for (const { n, command_id, command, since } of later) await this.kept.putCommand({ n, command_id, command, since })
    await this.kept.setValue('next_n', this.#next)
  }

  async #send(): Promise<void> {
    this.#sending = true
    try {
      for (;;) {
        const lines = this.#lines.filter((line) => line.state === 'kept' || line.state === 'keeping').slice(0, MOST)
        if (lines.length === 0) break
        for (const line of lines) {
          line.state = 'sending'
          line.tried = true
        }
        this.#tell()
        const batch: Batch = { client_id: this.clientId, acked: this.#acked, commands: lines.map(({ n, command_id, command }) => ({ n, command_id, command })) }
        let answer: BatchResult
        try {
          answer = await this.api.post<BatchResult>('/commands', batch)
        } catch (error) {
          for (const line of lines) line.state = 'kept'
          this.#tell()
          if (error instanceof Refused && error.problem.code === 'sign_in_needed') return this.events.onSignedOut()
          if (error instanceof Refused && !passes(error)) return await this.#refuse(lines[0], error)
          this.#again()
          return
        }
        this.#wait = RETRY_FIRST
        for (const result of answer.results) await this.#decided(result)
        for (const line of lines) if (line.state === 'sending') line.state = 'kept'
        this.events.onDecided()
        this.#tell()
        if (answer.results.length === 0) return this.#again()
      }
    } finally {
      this.#sending = false
    }
  }

  async #decided(result: CommandResult): Promise<void> {
    const line = this.#lines.find((one) => one.n === result.n)
    await this.kept.dropCommand(result.n)
    this.#acked = Math.max(this.#acked, result.n)
    await this.kept.setValue('acked', this.#acked)
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

  /** The whole batch was refused for good (too old an app, a malformed command): the first one is told and set aside. */
  async #refuse(line: Line | undefined, error: Refused): Promise<void> {
    if (!line) return
    line.state = 'refused'
    line.problem = { ...error.problem, type: '', status: 0, title: '', next: '' } as Problem
    line.reject?.(error)
    this.#tell()
  }

  #again(): void {
    // A little chance keeps a floor of agents from returning in the same instant.
    this.#retry = setTimeout(() => this.flush(), this.#wait * (0.75 + Math.random() / 2))
    this.#wait = Math.min(RETRY_LAST, this.#wait * 2)
  }

  #tell(): void {
    this.#shown.set(
      this.#lines.map(({ command_id, command, state, since, tried, problem }) => ({ commandId: command_id, command, state, since, maybeSent: tried && state !== 'refused', ...(problem && { problem }) })),
    )
  }
}

/** Whether trying again later can help. */
function passes(error: Refused): boolean {
  return ['unavailable', 'fault', 'slow_down', 'gap', 'checksum_mismatch'].includes(error.problem.code)
}

function hasWords(command: Command): boolean {
  return ['ask', 'say', 'answer', 'ask_back'].includes(command.kind)
}
