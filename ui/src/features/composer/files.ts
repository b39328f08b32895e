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

/** Adds `files` to `chosen`; what can't be added is said in `problem`. */
export async function choose(chosen: readonly Chosen[], files: readonly File[], host: Host): Promise<{ chosen: Chosen[]; problem: string | undefined }> {
  const all = [...chosen]
  let problem: string | undefined
  for (const file of files) {
    if (all.length >= MAX_COUNT) problem = text.composer.tooMany
    else if (!ALLOWED.includes(file.type)) problem = text.composer.wrongType(file.name)
    else if (file.size > MAX_SIZE) problem = text.composer.tooLarge(file.name)
    else all.push(await lookedAt(file, file.name || 'picture.png', host))
  }
  return { chosen: all, problem }
}

/** A file as it was pasted, dropped or chosen: card numbers, codes and IBANs in a picture are covered before anything else. */
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

/** A picture that was marked, or a file: in the app a picture is written anew, and its size is that of the new one. */
export async function describe(given: Blob, name: string, host: Host): Promise<Chosen> {
  let file = given
  let [width, height] = [0, 0]
  if (given.type.startsWith('image/')) {
    try {
      file = (await host.desktop?.numbers.clean(given)) ?? given
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
