/** Opens pictures for marking. Only their pixels are taken over; what else the file carried stays behind. */

/** Most pixels that are opened: a screen of three 5K displays. More is a mistake or an attack on the memory. */
const MOST_PIXELS = 60_000_000

export async function openPicture(file: Blob): Promise<ImageBitmap> {
  const picture = await createImageBitmap(file)
  if (picture.width * picture.height > MOST_PIXELS) {
    picture.close()
    throw new Error('the picture is too large')
  }
  return picture
}

export async function fetchPicture(address: string): Promise<ImageBitmap> {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`the frozen screen answered ${answer.status}`)
  return openPicture(await answer.blob())
}

/** The pictures among what was pasted, dropped or chosen. */
export function pictureIn(files: Iterable<File>): File | undefined {
  return [...files].find((file) => file.type.startsWith('image/') && file.type !== 'image/svg+xml')
}
