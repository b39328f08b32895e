/** The still that stands for a clip before it is played: one that shows something, so not the first black or white. */

const LARGEST = 640
/** Grey steps between the darkest and the lightest place below which a picture shows nothing. */
const FLAT = 12

/** A JPEG of what `video` shows now; undefined while that is nothing. */
export async function posterOf(video: HTMLVideoElement): Promise<ArrayBuffer | undefined> {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0 || videoHeight === 0) return undefined
  const scale = Math.min(1, LARGEST / Math.max(videoWidth, videoHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(videoWidth * scale))
  canvas.height = Math.max(1, Math.round(videoHeight * scale))
  const context = canvas.getContext('2d')
  if (!context) return undefined
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  if (isFlat(context.getImageData(0, 0, canvas.width, canvas.height).data)) return undefined
  const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.8))
  return picture?.arrayBuffer()
}

function isFlat(pixels: Uint8ClampedArray): boolean {
  let [darkest, lightest] = [255, 0]
  for (let i = 0; i < pixels.length; i += 4 * 7) {
    const grey = ((pixels[i] ?? 0) * 3 + (pixels[i + 1] ?? 0) * 6 + (pixels[i + 2] ?? 0)) / 10
    darkest = Math.min(darkest, grey)
    lightest = Math.max(lightest, grey)
    if (lightest - darkest > FLAT) return false
  }
  return true
}
