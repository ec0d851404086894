import { type Landmarker, loadLandmarker } from '@facekp/landmarker'
import { decodeBitmap } from '../try/decode-bitmap.ts'
import type { ReadImage } from './protocol.ts'
import { scaleFace } from './scale-face.ts'

/** Faces are searched in images of at most this many pixels along a side: a photograph of 12 megapixels needs 36 MB of bytes otherwise. */
const MAX_SIDE = 1600
const THUMBNAIL_SIDE = 128

export interface FaceFinder {
  /**
   * Reads an image and finds its faces.
   *
   * @throws FacekpError `IMAGE_DAMAGED`
   */
  readonly findFaces: (file: File) => Promise<ReadImage>
}

/** Loads what finds faces. */
export async function createFaceFinder(): Promise<FaceFinder> {
  // A person waits longer to correct a point than the second run of the network takes.
  const landmarker = await loadLandmarker('mesh-468', { tta: true })
  return { findFaces: (file) => findFaces(landmarker, file) }
}

async function findFaces(landmarker: Landmarker, file: File): Promise<ReadImage> {
  const bitmap = await decodeBitmap(file)
  const size = { width: bitmap.width, height: bitmap.height }
  try {
    const canvas = drawSmall(bitmap, MAX_SIDE)
    const { faces } = await landmarker.detect(canvas)
    const thumbnail = await drawSmall(bitmap, THUMBNAIL_SIDE).convertToBlob({ type: 'image/jpeg', quality: 0.8 })
    return { ...size, thumbnail, faces: faces.map(({ box, points }) => scaleFace({ box, mesh: points }, canvas, size)) }
  } finally {
    bitmap.close()
  }
}

/** Draws an image so that its sides have at most `side` pixels. */
function drawSmall(bitmap: ImageBitmap, side: number): OffscreenCanvas {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  )
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return canvas
}
