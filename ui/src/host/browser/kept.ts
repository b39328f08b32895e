/**
 * What the browser keeps on disk: the outbox and files on their way. IndexedDB; where it is refused (some private
 * windows) memory, and then a closed tab loses what was not sent.
 */

import type { Numbered } from '../../protocol/wire'

export interface KeptCommand extends Numbered {
  since: number
}

export interface KeptFile {
  id: string
  file: Blob
  /** Where the upload goes on, once the server has made one. */
  location?: string
}

export interface Kept {
  readonly durable: boolean
  value<T>(key: string): Promise<T | undefined>
  setValue(key: string, value: unknown): Promise<void>
  commands(): Promise<KeptCommand[]>
  putCommand(command: KeptCommand): Promise<void>
  dropCommand(n: number): Promise<void>
  files(): Promise<KeptFile[]>
  putFile(file: KeptFile): Promise<void>
  dropFile(id: string): Promise<void>
}

const SLOTS = 32

/**
 * Each tab needs a line of commands of its own. It takes the first place that no living tab holds, so the next tab
 * finds and sends what a closed one left behind.
 */
export async function takeSlot(): Promise<string> {
  if (!('locks' in navigator)) {
    // Without a secure context there are no locks; a tab then keeps its place for as long as it lives.
    const mine = sessionStorage.getItem('deskside.slot') ?? `deskside-${crypto.getRandomValues(new Uint32Array(1))[0]}`
    sessionStorage.setItem('deskside.slot', mine)
    return mine
  }
  for (let slot = 0; slot < SLOTS; slot++) {
    const name = `deskside-${slot}`
    if (await holds(name)) return name
  }
  return `deskside-${SLOTS}`
}

/** Takes the lock for as long as this tab lives; false if another has it. */
function holds(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock ? new Promise(() => undefined) : undefined
    })
  })
}

export async function openKept(name: string): Promise<Kept> {
  try {
    return new OnDisk(await open(name))
  } catch {
    return new InMemory()
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('values')
      request.result.createObjectStore('commands', { keyPath: 'n' })
      request.result.createObjectStore('files', { keyPath: 'id' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

class OnDisk implements Kept {
  readonly durable = true

  constructor(private readonly db: IDBDatabase) {}

  value<T>(key: string): Promise<T | undefined> {
    return this.#read((transaction) => transaction.objectStore('values').get(key))
  }

  setValue(key: string, value: unknown): Promise<void> {
    return this.#write('values', (all) => all.put(value, key))
  }

  commands(): Promise<KeptCommand[]> {
    return this.#read((transaction) => transaction.objectStore('commands').getAll())
  }

  putCommand(command: KeptCommand): Promise<void> {
    return this.#write('commands', (all) => all.put(command))
  }

  dropCommand(n: number): Promise<void> {
    return this.#write('commands', (all) => all.delete(n))
  }

  files(): Promise<KeptFile[]> {
    return this.#read((transaction) => transaction.objectStore('files').getAll())
  }

  putFile(file: KeptFile): Promise<void> {
    return this.#write('files', (all) => all.put(file))
  }

  dropFile(id: string): Promise<void> {
    return this.#write('files', (all) => all.delete(id))
  }

  #read<T>(ask: (transaction: IDBTransaction) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = ask(this.db.transaction(['values', 'commands', 'files']))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }

  /** Resolves when it is on disk, not merely accepted. */
  #write(name: string, act: (all: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction(name, 'readwrite', { durability: 'strict' })
      act(transaction.objectStore(name))
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
  }
}

class InMemory implements Kept {
  readonly durable = false
  readonly #values = new Map<string, unknown>()
  readonly #commands = new Map<number, KeptCommand>()
  readonly #files = new Map<string, KeptFile>()

  async value<T>(key: string): Promise<T | undefined> {
    return this.#values.get(key) as T | undefined
  }

  async setValue(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value)
  }

  async commands(): Promise<KeptCommand[]> {
    return [...this.#commands.values()]
  }

  async putCommand(command: KeptCommand): Promise<void> {
    this.#commands.set(command.n, command)
  }

  async dropCommand(n: number): Promise<void> {
    this.#commands.delete(n)
  }

  async files(): Promise<KeptFile[]> {
    return [...this.#files.values()]
  }

  async putFile(file: KeptFile): Promise<void> {
    this.#files.set(file.id, file)
  }

  async dropFile(id: string): Promise<void> {
    this.#files.delete(id)
  }
}
