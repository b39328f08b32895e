/**
 * What the browser keeps on disk: the outbox, files on their way, and clips piece by piece while they are recorded.
 * IndexedDB; where it is refused (some private windows) memory, and then a closed tab loses what was not sent.
 */

import type { ClipId, ClipNote, Numbered, PersonId, RequestId } from '../../protocol/wire'
import { InMemory } from './memory'

/** A command that waits. It gets its number when it is first sent, so that one that is held or taken back leaves no gap. */
export interface KeptLine extends Omit<Numbered, 'n'> {
  /** Its place in the line of this tab; nobody else sees it. */
  at: number
  person: PersonId
  n?: number
  /** When it was kept, by this machine's clock. */
  since: number
  /** A person said that it is still needed, however old it is. */
  released?: boolean
}

export interface KeptFile {
  id: string
  file: Blob
  /** Where the upload goes on, once the server has made one. */
  location?: string
}

/** A clip that this tab records or has recorded, until the server has all of it. */
export interface KeptClip {
  id: ClipId
  request: RequestId | null
  /** Bytes recorded so far. */
  size: number
  /** Stop was pressed: `size` is all there will be. */
  over: boolean
  poster?: ArrayBuffer
  /** Who recorded it; nobody else's session sends it. */
  person?: PersonId
  /** It stays here until its recorder has watched it: what the server is told when it is sent. */
  held?: KeptHeld
}

export interface KeptHeld {
  width: number
  height: number
  sound: boolean
  ms: number
  at: number
  note: ClipNote | null
  /** Its recorder sends it: nothing keeps it here any more. */
  sending: boolean
}

/** Bytes of a clip that the server has not promised to have. */
export interface KeptPiece {
  clip: ClipId
  /** Offset of its first byte in the clip. */
  at: number
  bytes: ArrayBuffer
}

export interface Kept {
  readonly durable: boolean
  value<T>(key: string): Promise<T | undefined>
  setValue(key: string, value: unknown): Promise<void>
  lines(): Promise<KeptLine[]>
  putLines(lines: readonly KeptLine[]): Promise<void>
  dropLine(at: number): Promise<void>
  files(): Promise<KeptFile[]>
  putFile(file: KeptFile): Promise<void>
  dropFile(id: string): Promise<void>
  clips(): Promise<KeptClip[]>
  clip(id: ClipId): Promise<KeptClip | undefined>
  /** Writes the clip's row and, if it grew, the piece it grew by: both or neither. */
  putClip(clip: KeptClip, piece?: KeptPiece): Promise<void>
  /** Forgets a clip and its pieces. */
  dropClip(id: ClipId): Promise<void>
  /** The first piece that reaches beyond `offset`. */
  pieceAt(clip: ClipId, offset: number): Promise<KeptPiece | undefined>
  /** All its pieces that are still here, in order. */
  pieces(clip: ClipId): Promise<KeptPiece[]>
  /** Forgets the pieces that end at or before `offset`. */
  dropPieces(clip: ClipId, offset: number): Promise<void>
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
    const request = indexedDB.open(name, 2)
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore('values')
        request.result.createObjectStore('files', { keyPath: 'id' })
      } else {
        // The first version numbered commands when they were kept, and knew one person only: nothing of it was ever
        // in use outside of its makers' machines.
        request.result.deleteObjectStore('commands')
      }
      request.result.createObjectStore('lines', { keyPath: 'at' })
      request.result.createObjectStore('clips', { keyPath: 'id' })
      request.result.createObjectStore('pieces', { keyPath: ['clip', 'at'] })
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
    return this.#write(['values'], (all) => all('values').put(value, key))
  }

  lines(): Promise<KeptLine[]> {
    return this.#read((transaction) => transaction.objectStore('lines').getAll())
  }

  putLines(lines: readonly KeptLine[]): Promise<void> {
    return this.#write(['lines'], (all) => {
      for (const line of lines) all('lines').put(line)
    })
  }

  dropLine(at: number): Promise<void> {
    return this.#write(['lines'], (all) => all('lines').delete(at))
  }

  files(): Promise<KeptFile[]> {
    return this.#read((transaction) => transaction.objectStore('files').getAll())
  }

  putFile(file: KeptFile): Promise<void> {
    return this.#write(['files'], (all) => all('files').put(file))
  }

  dropFile(id: string): Promise<void> {
    return this.#write(['files'], (all) => all('files').delete(id))
  }

  clips(): Promise<KeptClip[]> {
    return this.#read((transaction) => transaction.objectStore('clips').getAll())
  }

  clip(id: ClipId): Promise<KeptClip | undefined> {
    return this.#read((transaction) => transaction.objectStore('clips').get(id))
  }

  putClip(clip: KeptClip, piece?: KeptPiece): Promise<void> {
    return this.#write(['clips', 'pieces'], (all) => {
      all('clips').put(clip)
      if (piece) all('pieces').put(piece)
    })
  }

  dropClip(id: ClipId): Promise<void> {
    return this.#write(['clips', 'pieces'], (all) => {
      all('clips').delete(id)
      all('pieces').delete(piecesOf(id))
    })
  }

  async pieceAt(clip: ClipId, offset: number): Promise<KeptPiece | undefined> {
    // Pieces are dropped as soon as the server has them, so the one that holds `offset` is nearly always the first.
    const first = await this.#read<KeptPiece | undefined>((transaction) => transaction.objectStore('pieces').get(piecesOf(clip)))
    if (!first || first.at + first.bytes.byteLength > offset) return first
    await this.dropPieces(clip, offset)
    return this.#read<KeptPiece | undefined>((transaction) => transaction.objectStore('pieces').get(piecesOf(clip)))
  }

  pieces(clip: ClipId): Promise<KeptPiece[]> {
    return this.#read((transaction) => transaction.objectStore('pieces').getAll(piecesOf(clip)))
  }

  async dropPieces(clip: ClipId, offset: number): Promise<void> {
    await this.#write(['pieces'], (all) => {
      const walk = all('pieces').openCursor(piecesOf(clip))
      walk.onsuccess = () => {
        const cursor = walk.result
        if (!cursor) return
        const { at, bytes } = cursor.value as KeptPiece
        if (at + bytes.byteLength > offset) return
        cursor.delete()
        cursor.continue()
      }
    })
  }

  #read<T>(ask: (transaction: IDBTransaction) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = ask(this.db.transaction(['values', 'lines', 'files', 'clips', 'pieces']))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }

  /** Resolves when it is on disk, not merely accepted. */
  #write(names: string[], act: (all: (name: string) => IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction(names, 'readwrite', { durability: 'strict' })
      act((name) => transaction.objectStore(name))
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
  }
}

function piecesOf(clip: ClipId): IDBKeyRange {
  return IDBKeyRange.bound([clip, 0], [clip, Number.MAX_SAFE_INTEGER])
}
