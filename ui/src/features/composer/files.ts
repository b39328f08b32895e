/** Pictures and files chosen for the next words: what may be sent, and what the wire must know of each. */

import type { AttachmentId, NewAttachment } from '../../protocol/wire'
import { text } from '../../text'

/** As `domain::attachment`: nothing that runs when it is opened. */
const ALLOWED = ['image/png', 'image/jpeg', 'image/webp', 'text/plain', 'application/pdf', 'application/zip']
const MAX_SIZE = 25 * 1024 * 1024
const MAX_COUNT = 10
export const ACCEPT = ALLOWED.join()

export interface Chosen {
  file: Blob
  about: NewAttachment
}

/** Adds `files` to `chosen`; what can't be added is said in `problem`. */
export async function choose(chosen: readonly Chosen[], files: readonly File[], id: () => AttachmentId): Promise<{ chosen: Chosen[]; problem: string | undefined }> {
  const all = [...chosen]
  let problem: string | undefined
  for (const file of files) {
    if (all.length >= MAX_COUNT) problem = text.composer.tooMany
    else if (!ALLOWED.includes(file.type)) problem = text.composer.wrongType(file.name)
    else if (file.size > MAX_SIZE) problem = text.composer.tooLarge(file.name)
    else all.push(await describe(file, file.name || 'picture.png', id()))
  }
  return { chosen: all, problem }
}

export async function describe(file: Blob, name: string, id: AttachmentId): Promise<Chosen> {
  let [width, height] = [0, 0]
  if (file.type.startsWith('image/')) {
    try {
      const picture = await createImageBitmap(file)
      width = picture.width
      height = picture.height
      picture.close()
    } catch {
      // Not a picture after all: the server will say so, with the next step.
    }
  }
  return { file, about: { id, name, mime: file.type, size: file.size, width, height } }
}
