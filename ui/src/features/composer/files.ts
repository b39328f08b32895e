/** Pictures and files chosen for the next words: what may be sent, what the wire must know of each, and how each leaves. */

import type { FoundNumber, Host } from '../../host/host'
import { isMasked, type FindKind } from '../../masking'
import type { AttachmentId, NewAttachment } from '../../protocol/wire'
import { text } from '../../text'
import { flatten } from '../mark/flatten'
import { inks } from '../mark/inks'
import { openPicture } from '../mark/picture'
import { newScene } from '../mark/scene'

/** As `domain::attachment`: nothing that runs when it is opened. */
const ALLOWED = ['image/png', 'image/jpeg', 'image/webp', 'text/plain', 'application/pdf', 'application/zip']
const MAX_SIZE = 25 * 1024 * 1024
const MAX_COUNT = 10
export const ACCEPT = ALLOWED.join()

export interface Chosen {
  file: Blob
  about: NewAttachment
  /** What was covered in it without being asked for. */
  covered: readonly FindKind[]
  /** A picture that nobody looked at for numbers: they are not looked for here, or it failed. */
  unlooked: boolean
  /** As it was given, to uncover an account number by hand. It stays in this window. */
  original?: Blob
}

/** Why a file can't be added to so many others; undefined: it can. */
export function refusal(file: File, others: number): string | undefined {
  if (others >= MAX_COUNT) return text.composer.tooMany
  if (!ALLOWED.includes(file.type)) return text.composer.wrongType(file.name)
  return file.size > MAX_SIZE ? text.composer.tooLarge(file.name) : undefined
}

/**
 * The files that somebody pasted. A spreadsheet or a word processor gives its words and, beside them, a picture of them:
 * then the words are meant. A file manager gives the file and, as words, its name or path.
 */
export function pastedFiles(data: Pick<DataTransfer, 'files' | 'getData'>): File[] {
  const files = [...data.files]
  const words = data.getData('text/plain').trim()
  const isName = (line: string) => files.some(({ name }) => line.trim().replace(/%20/g, ' ').endsWith(name))
  return words === '' || words.split('\n').every(isName) ? files : []
}

/**
 * A file as it was pasted, dropped or chosen: card numbers, codes and IBANs in a picture are covered before anything else.
 * Rejects if what was found can't be covered: such a picture is not sent at all.
 */
export async function lookedAt(file: Blob, name: string, host: Host): Promise<Chosen> {
  if (!file.type.startsWith('image/')) return describe(file, name, host)
  const numbers = host.capabilities.get().findNumbers.can ? host.desktop?.numbers : undefined
  let masked: readonly FoundNumber[] = []
  let unlooked = numbers === undefined
  try {
    masked = (await numbers?.inPicture(file))?.filter(({ kind }) => isMasked(kind)) ?? []
  } catch {
    // Said beside the picture: whoever sends it looks themselves.
    unlooked = true
  }
  const safe = masked.length > 0 ? await covered(file, masked) : file
  return { ...(await describe(safe, name, host)), covered: masked.map(({ kind }) => kind), unlooked, ...(masked.length > 0 && { original: file }) }
}

async function covered(file: Blob, numbers: readonly FoundNumber[]): Promise<Blob> {
  const picture = await openPicture(file)
  const boxes = numbers.map(({ kind, ...rect }) => ({ rect, fixed: kind !== 'iban', tag: kind }))
  try {
    return await flatten(newScene(picture.width, picture.height, boxes), picture, inks())
  } finally {
    picture.close()
  }
}

/**
 * A picture that was marked, or a file: in the app a picture is written anew, and its size is that of the new one. Rejects if
 * that fails, because only such a picture can leave.
 */
export async function describe(given: Blob, name: string, host: Host): Promise<Chosen> {
  let file = given
  let [width, height] = [0, 0]
  if (given.type.startsWith('image/')) {
    file = (await host.desktop?.numbers.clean(given)) ?? given
    try {
      const picture = await createImageBitmap(file)
      width = picture.width
      height = picture.height
      picture.close()
    } catch {
      // Not a picture after all: the server will say so, with the next step.
    }
  }
  return { file, about: { id: host.id<AttachmentId>(), name, mime: file.type, size: file.size, width, height }, covered: [], unlooked: false }
}
