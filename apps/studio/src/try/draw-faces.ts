import type { KeypointScheme } from '@facekp/core'
import { drawKeypoints } from '@facekp/viz/browser'
import type { FoundFace } from './describe-faces.ts'

/** Colors of points and boxes on photographs. */
const COLOR = '#5ff2dd'

/** What a drawing shows beside the points. */
export interface DrawingOptions {
  readonly scheme: KeypointScheme
  readonly hasBoxes: boolean
}

/** Draws faces on a copy of an image, in its full size. */
export function drawFaces(
  image: ImageBitmap | HTMLCanvasElement,
  faces: readonly FoundFace[],
  { scheme, hasBoxes }: DrawingOptions,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height)
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  context.drawImage(image, 0, 0)
  for (const { points, box } of faces) {
    // Marks grow with the face, less for many points.
    const radius = Math.max(1, (0.09 * box.width) / Math.sqrt(points.length / 2))
    drawKeypoints(canvas, points, { scheme, color: COLOR, radius })
    if (!hasBoxes) continue
    context.strokeStyle = COLOR
    context.lineWidth = Math.max(1, box.width / 120)
    context.strokeRect(box.left, box.top, box.width, box.height)
  }
  return canvas.convertToBlob({ type: 'image/png' })
}
