import { type Affine, createSample, type Dataset, type Image, invert, mapKeypoints, type Sample } from '@facekp/core'
import { fromPageSource } from '@facekp/image/browser'
import { type FewShotResult, fitFewShot, type LandmarkerModel } from '@facekp/landmarker'
import { createLruCache, type LruCache } from '../project/lru-cache.ts'
import { decodeBitmap } from '../try/decode-bitmap.ts'
import type { FitFace, FitRequest, FitResult } from './protocol.ts'

/** Sides of a crop relative to those of the face: the detector must find the face in it. */
const MARGIN = 2.2
/** A crop is scaled down if its longer side has more pixels: the network sees 192. */
const MAX_CROP = 640
/** Crops that are kept, at most some 120 MB. */
const CACHED_CROPS = 100

export interface FitOptions {
  readonly signal: AbortSignal
  readonly report: (done: number, total: number) => void
}

export interface Fitter {
  /**
   * Fits a landmarker to labeled faces.
   *
   * @throws what `fitFewShot` throws
   */
  readonly fit: (request: FitRequest, options: FitOptions) => Promise<FitResult>
}

/** A face in a part of its image, and the map from pixels of the part to those of the image. */
interface Crop {
  readonly image: Image
  readonly toSource: Affine
}

/** Creates what fits landmarkers; it keeps the pixels around the faces, since they are fitted again after each new label. */
export async function createFitter(): Promise<Fitter> {
  const crops = createLruCache<Crop>(CACHED_CROPS, () => undefined)
  return {
    async fit(request, { signal, report }) {
      const isQuick = request.effort === 'quick'
      const files = new Map(request.faces.map(({ id, file }) => [id, file]))
      const { dataset, scales } = createFaceDataset(request, crops)
      const result = await fitFewShot(dataset, {
        groups: ({ id }) => files.get(id) as string,
        ...(isQuick ? { refine: false } : {}),
        onProgress: ({ stage, done, total }) =>
          report(stage === 'meshes' ? done : total + done, isQuick ? total : 2 * total),
        signal,
      })
      return toImagePixels(result, request.faces, scales)
    },
  }
}

interface FaceDataset {
  readonly dataset: Dataset
  /** Pixels of the image per pixel of the crop, by the ids of the faces that were read. */
  readonly scales: ReadonlyMap<string, number>
}

function createFaceDataset({ scheme, faces }: FitRequest, crops: LruCache<Crop>): FaceDataset {
  const scales = new Map<string, number>()
  const dataset: Dataset = {
    length: faces.length,
    scheme,
    async get(index): Promise<Sample> {
      const face = faces[index] as FitFace
      const { image, toSource } = await crops.get(nameCrop(face), () => readCrop(face))
      const { id, visibility } = face
      scales.set(id, toSource[0])
      const keypoints = mapKeypoints(invert(toSource), face.keypoints)
      return createSample({ id, image, keypoints, visibility, toSource })
    },
  }
  return { dataset, scales }
}

/** Converts errors in crops to those in images: those of a label by its crop, mean ones by the mean scale. */
function toImagePixels(
  { model, outliers, missed, refinement }: FewShotResult,
  faces: readonly FitFace[],
  scales: ReadonlyMap<string, number>,
): FitResult {
  const getScale = (id: string): number => scales.get(id) ?? 1
  const scale = computeMean(faces.map(({ id }) => getScale(id)))
  const side = computeMean(faces.map(({ id, box }) => Math.max(box.width, box.height) / getScale(id)))
  const { errorPx, errorPxByPoint } = model.metrics
  const metrics: LandmarkerModel['metrics'] = {
    ...model.metrics,
    errorPx: scale * errorPx,
    errorPxByPoint: errorPxByPoint.map((error) => error && scale * error),
  }
  return {
    model: { ...model, metrics },
    relativeError: errorPx / side,
    outliers: outliers.map((outlier) => ({ ...outlier, errorPx: getScale(outlier.id) * outlier.errorPx })),
    missed,
    refinement,
  }
}

function computeMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function nameCrop({ file, image, box: { left, top, width, height } }: FitFace): string {
  return [file, image.size, image.lastModified, left, top, width, height].join('|')
}

async function readCrop({ image: file, box }: FitFace): Promise<Crop> {
  const bitmap = await decodeBitmap(file)
  try {
    const side = MARGIN * Math.max(box.width, box.height)
    const left = clamp(Math.floor(box.left + box.width / 2 - side / 2), bitmap.width - 1)
    const top = clamp(Math.floor(box.top + box.height / 2 - side / 2), bitmap.height - 1)
    const width = clamp(Math.ceil(left + side), bitmap.width) - left
    const height = clamp(Math.ceil(top + side), bitmap.height) - top
    const scale = Math.min(1, MAX_CROP / Math.max(width, height))
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height)
    // Points lie at the centers of pixels: half a pixel from the edges that are scaled.
    const scaleX = width / canvas.width
    const scaleY = height / canvas.height
    const toSource: Affine = [scaleX, 0, left + scaleX / 2 - 0.5, 0, scaleY, top + scaleY / 2 - 0.5]
    return { image: fromPageSource(canvas), toSource }
  } finally {
    bitmap.close()
  }
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max)
}
