/**
 * The picture that leaves: a new one, painted from what is seen and encoded anew. What was cropped away or redacted is not
 * in it, because it was never painted or was painted over with a solid colour before encoding.
 */

import { paint, plan, type Inks } from './paint'
import { onlyPixels } from './png'
import type { Scene } from './scene'

export async function flatten(scene: Scene, picture: CanvasImageSource, inks: Inks): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = scene.crop.width
  canvas.height = scene.crop.height
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas of this size')
  context.translate(-scene.crop.x, -scene.crop.y)
  paint(context, scene, plan(scene), inks, picture)
  const encoded = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  // The pixels of a dropped canvas live until the garbage is collected; a canvas without size holds none.
  canvas.width = 0
  canvas.height = 0
  if (!encoded) throw new Error('the picture could not be encoded')
  return onlyPixels(new Uint8Array(await encoded.arrayBuffer()))
}
