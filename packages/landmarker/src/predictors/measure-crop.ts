import { type Box, checkArgument, type Dataset, FacekpError, imageBox, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { boxOverlap, type DetectFaces, type Detection, loadDetector } from '@facekp/detector'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { functionSchema, signalSchema } from '../option-schemas.ts'
import { placeUprightCrop, type UprightCrop } from './network-crop.ts'

export interface MeasureCropOptions {
  /** What was added on each side of a sample's box for training, as a fraction of it. Absent: the network saw whole images. */
  readonly margin?: number | undefined
  /** Width divided by height of the crops, default 1; without a margin it is that of the images. */
  readonly aspectRatio?: number | undefined
  /** Finds the faces; default: that of `@facekp/detector`. Use the same one in `loadLandmarker`. */
  readonly detector?: DetectFaces | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema = z.strictObject({
  margin: z.optional(z.number().check(z.gt(-0.5))),
  aspectRatio: z.optional(z.number().check(z.positive())),
  detector: functionSchema<DetectFaces>(),
  signal: signalSchema,
})

/** More samples change the medians little. */
const MAX_SAMPLES = 200
/** Overlap of a detection with the box of its face, as intersection over union. */
const MIN_OVERLAP = 0.2

/**
 * Measures where the crops that a network was trained on lie relative to the boxes that a detector finds: the medians over at most 200
 * samples. Boxes of datasets have conventions of their own, and a network finds the points best in the crops that it knows.
 *
 * @param dataset the training images, uncropped or cropped with room around the face
 * @throws FacekpError `LANDMARKER_CROP` if the detector finds no face at a sample's box; `LANDMARKER_OPTION`; `DETECTOR_BACKEND`
 * @example
 * ```ts
 * const crop = await measureCrop(train, { margin: 0.2 })
 * ```
 */
export async function measureCrop(dataset: Dataset, options: MeasureCropOptions = {}): Promise<UprightCrop> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'measureCrop')
  const name = 'measureCrop'
  const resolved = parseOptions({ schema: optionsSchema, value: options, code: 'LANDMARKER_OPTION', name })
  const { margin, detector, signal } = resolved
  const loaded = detector === undefined ? await loadDetector() : undefined
  const detectFaces = (detector ?? loaded?.detectFaces) as DetectFaces
  const step = Math.max(1, dataset.length / MAX_SAMPLES)
  const crops: UprightCrop[] = []
  try {
    for (let position = 0; position < dataset.length; position += step) {
      signal?.throwIfAborted()
      const sample = await dataset.get(Math.floor(position), signal)
      const crop = placeTrainingCrop(sample, resolved)
      const faces = await detectFaces(sample.image, { minScore: 0.3 })
      const face = margin === undefined ? faces[0] : chooseFace(faces, sample.box)
      if (face && crop) crops.push(describeCrop(crop, face.box))
    }
  } finally {
    loaded?.dispose()
  }
  if (crops.length === 0) throw noFaceError(dataset)
  const takeMedian = (key: 'shiftX' | 'shiftY' | 'margin' | 'aspectRatio'): number =>
    median(crops.map((crop) => crop[key]))
  return {
    kind: 'upright',
    shiftX: takeMedian('shiftX'),
    shiftY: takeMedian('shiftY'),
    margin: takeMedian('margin'),
    aspectRatio: takeMedian('aspectRatio'),
  }
}

/** Chooses the face that overlaps a box most. */
function chooseFace(faces: readonly Detection[], box: Box | undefined): Detection | undefined {
  if (box === undefined) return undefined
  const [best] = faces
    .map((face) => ({ face, overlap: boxOverlap(face.box, box) }))
    .toSorted((a, b) => b.overlap - a.overlap)
  return best && best.overlap > MIN_OVERLAP ? best.face : undefined
}

/** Computes the crop of a sample in training: its box enlarged, or the whole image; undefined if it lacks the box. */
function placeTrainingCrop({ image, box }: Sample, { margin, aspectRatio = 1 }: MeasureCropOptions): Box | undefined {
  if (margin === undefined) return imageBox(image)
  return box && placeUprightCrop(box, { kind: 'upright', shiftX: 0, shiftY: 0, margin, aspectRatio })
}

/** Describes a crop relative to a detected box. */
function describeCrop(crop: Box, box: Box): UprightCrop {
  const aspectRatio = crop.width / crop.height
  return {
    kind: 'upright',
    shiftX: (crop.left + crop.width / 2 - box.left - box.width / 2) / box.width,
    shiftY: (crop.top + crop.height / 2 - box.top - box.height / 2) / box.height,
    margin: (crop.height / Math.max(box.width / aspectRatio, box.height) - 1) / 2,
    aspectRatio,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] as number) + (sorted[Math.floor(sorted.length / 2)] as number)) / 2
  )
}

function noFaceError({ length }: Dataset): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_CROP',
    problem: 'the detector finds none of the faces',
    expected: "images whose faces the detector finds, with a sample's box about each face if option margin is set",
    received: `${length} images`,
  })
}
