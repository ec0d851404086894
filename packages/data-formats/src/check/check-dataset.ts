import {
  checkArgument,
  type Dataset,
  type FacekpError,
  flipIndices,
  isFacekpError,
  type KeypointScheme,
  NOT_LABELED,
  type Sample,
  toSourcePoints,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { findRange } from '../annotations/find-range.ts'
import { hashImage } from './hash-image.ts'
import { median, procrustesDistance, robustMeanShape, type Shape } from './procrustes.ts'

/** What may be wrong with a sample. */
export type FaultKind =
  | 'missingImage'
  | 'unreadable'
  | 'wrongSize'
  | 'noLabels'
  | 'outside'
  | 'degenerateBox'
  | 'smallFace'
  | 'duplicateId'
  | 'duplicateImage'
  | 'duplicateFace'
  | 'sharedImage'
  | 'swappedSides'
  | 'outlierShape'

/** A fault of one sample. */
export interface DatasetFault {
  readonly kind: FaultKind
  /** Name of the split, and position and id of the sample in it. */
  readonly split: string
  readonly index: number
  readonly id: string
  /** What is wrong, as a sentence with the numbers. */
  readonly message: string
  /** Points that are concerned, if some are. */
  readonly points?: readonly number[]
}

/** All faults of a dataset. */
export interface DatasetCheck {
  readonly faults: readonly DatasetFault[]
  readonly samples: number
  /** Number of faults of each kind that occurs. */
  readonly counts: Readonly<Partial<Record<FaultKind, number>>>
  /** Faces by the longer side of the labeled points' extent, in source pixels: below 32, 64, 128, 256, and above. */
  readonly sizes: Readonly<Record<'<32' | '<64' | '<128' | '<256' | '>=256', number>>
}

/** How strictly to check. */
export interface CheckDatasetOptions {
  /** Faces whose points extend over fewer pixels are reported; default 16. */
  readonly minFaceSize?: number | undefined
  /** Shapes further from the mean than this many median absolute deviations are outliers; default 8. */
  readonly outlierDeviations?: number | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

const optionsSchema = z.strictObject({
  minFaceSize: z._default(z.number().check(z.nonnegative()), 16),
  outlierDeviations: z._default(z.number().check(z.positive()), 8),
  onProgress: z.optional(z.custom<CheckDatasetOptions['onProgress']>((value) => typeof value === 'function')),
  signal: z.optional(z.instanceof(AbortSignal)),
})

type Settings = z.output<typeof optionsSchema>

/** A labeled sample as the checks need it: without its pixels. */
interface Face extends Shape {
  readonly split: string
  readonly index: number
  readonly id: string
  readonly size: number
}

/** With fewer shapes, unusual ones cannot be recognized. */
const MIN_SHAPES = 8
/** Swapping sides must bring a shape this much closer to the mean to be reported. */
const SWAP_GAIN = 0.5

/**
 * Lists all faults of a dataset, or of several splits by name, in one go: images that are missing, cannot be read, or have another size than stated, faces without labels, points outside
 * their image, boxes without extent, tiny faces, ids, images and faces that occur twice, images that occur in two splits (by content), left and right swapped against
 * the flip pairs, and shapes far from all others (Procrustes distance). Shapes are compared with those of the same points in the same order.
 *
 * It reads every sample once. A dataset of fewer than 8 faces is not checked for swapped sides and outliers.
 *
 * @throws FacekpError `CHECK_OPTIONS` for invalid options; the signal's reason once it is aborted
 * @example
 * ```ts
 * import { IBUG_68 } from '@facekp/core'
 * import { checkDataset } from '@facekp/data-formats'
 * import { syntheticFaces } from '@facekp/data-synthetic'
 *
 * const faces = syntheticFaces({ seed: 1, count: 10, scheme: IBUG_68, width: 64, height: 64 })
 * const { faults } = await checkDataset(faces)
 * console.log(faults.map(({ id, message }) => `${id}: ${message}`))
 * ```
 */
export async function checkDataset(
  dataset: Dataset | Readonly<Record<string, Dataset>>,
  options: CheckDatasetOptions = {},
): Promise<DatasetCheck> {
  checkArgument(KINDS.object, dataset, 'dataset', 'checkDataset')
  const splits: Readonly<Record<string, Dataset>> = isDataset(dataset) ? { dataset } : dataset
  for (const [name, split] of Object.entries(splits)) checkArgument(KINDS.dataset, split, name, 'checkDataset')
  const settings = parseOptions({ schema: optionsSchema, value: options, code: 'CHECK_OPTIONS', name: 'checkDataset' })
  const { faults: sampleFaults, faces, images } = await checkSamples(splits, settings)
  const shapeFaults = groupByPoints(splits).flatMap(({ scheme, names }) => {
    const comparable = faces.filter(({ split }) => names.has(split))
    return checkShapes(comparable, scheme, settings)
  })
  const faults = [...sampleFaults, ...checkImages(images), ...shapeFaults]
  const counts: Partial<Record<FaultKind, number>> = {}
  for (const { kind } of faults) counts[kind] = (counts[kind] ?? 0) + 1
  const samples = Object.values(splits).reduce((sum, { length }) => sum + length, 0)
  return { faults, samples, counts, sizes: countSizes(faces) }
}

/** Groups splits by the points of their schemes: shapes of other points, or of another order, cannot be compared. */
function groupByPoints(
  splits: Readonly<Record<string, Dataset>>,
): { readonly scheme: KeypointScheme; readonly names: Set<string> }[] {
  const groups = new Map<string, { readonly scheme: KeypointScheme; readonly names: Set<string> }>()
  for (const [name, { scheme }] of Object.entries(splits)) {
    const key = JSON.stringify(scheme.pointNames)
    const group = groups.get(key) ?? { scheme, names: new Set() }
    groups.set(key, group)
    group.names.add(name)
  }
  return [...groups.values()]
}

interface ImageOccurrence {
  readonly hash: string
  /** Coordinates and visibility as text. */
  readonly points: string
  readonly split: string
  readonly index: number
  readonly id: string
}

async function checkSamples(
  splits: Readonly<Record<string, Dataset>>,
  settings: Settings,
): Promise<{ faults: DatasetFault[]; faces: Face[]; images: ImageOccurrence[] }> {
  const faults: DatasetFault[] = []
  const faces: Face[] = []
  const images: ImageOccurrence[] = []
  const total = Object.values(splits).reduce((sum, { length }) => sum + length, 0)
  let done = 0
  for (const [split, dataset] of Object.entries(splits)) {
    const ids = new Set<string>()
    for (let index = 0; index < dataset.length; index++) {
      settings.signal?.throwIfAborted()
      const sample = await dataset.get(index, settings.signal).catch((error: unknown) => {
        if (!isFacekpError(error)) throw error
        return error as FacekpError
      })
      settings.onProgress?.(++done, total)
      if (sample instanceof Error) {
        faults.push(createReadFault(sample, { dataset, split, index }))
        continue
      }
      const place = { split, index, id: sample.id }
      if (ids.has(sample.id)) faults.push({ kind: 'duplicateId', ...place, message: 'the id occurs more than once' })
      ids.add(sample.id)
      const points = `${sample.keypoints} ${sample.visibility}`
      images.push({ ...place, hash: await hashImage(sample.image), points })
      const face = { ...place, keypoints: sample.keypoints, visibility: sample.visibility, size: measureExtent(sample) }
      faults.push(...checkSample(sample, face, settings))
      faces.push(face)
    }
  }
  return { faults, faces, images }
}

/** Turns the error of reading a sample into a fault with the id that the annotations state, if they do. */
function createReadFault(
  { code, file, message }: FacekpError,
  { dataset, split, index }: { readonly dataset: Dataset; readonly split: string; readonly index: number },
): DatasetFault {
  const { records } = dataset as { readonly records?: readonly { readonly id?: string }[] }
  const id = records?.[index]?.id ?? file ?? `number ${index}`
  return { kind: READ_FAULTS[code] ?? 'unreadable', split, index, id, message }
}

/** Kinds of fault by the code of the error. */
const READ_FAULTS: Readonly<Record<string, FaultKind>> = {
  IMAGE_MISSING: 'missingImage',
  IMAGE_NOT_FOUND: 'missingImage',
  ANNOTATIONS_SIZE: 'wrongSize',
}

/** Checks one sample without comparing it with others. */
function checkSample(
  { image, keypoints, visibility, box }: Sample,
  face: Face,
  { minFaceSize }: Settings,
): DatasetFault[] {
  const { split, index, id, size } = face
  const place = { split, index, id }
  const labeled = [...visibility.keys()].filter((point) => visibility[point] !== NOT_LABELED)
  if (labeled.length === 0) return [{ kind: 'noLabels', ...place, message: 'no point is labeled' }]
  const faults: DatasetFault[] = []
  const outside = labeled.filter((point) => {
    const x = keypoints[2 * point] as number
    const y = keypoints[2 * point + 1] as number
    return x < -0.5 || y < -0.5 || x > image.width - 0.5 || y > image.height - 0.5
  })
  if (outside.length > 0) {
    const message = `${outside.length} of ${labeled.length} labeled points lie outside the image of ${image.width} x ${image.height}`
    faults.push({ kind: 'outside', ...place, message, points: outside })
  }
  if (box && (box.width <= 0 || box.height <= 0)) {
    faults.push({ kind: 'degenerateBox', ...place, message: `the box is ${box.width} x ${box.height}` })
  }
  if (labeled.length > 1 && size < minFaceSize) {
    faults.push({ kind: 'smallFace', ...place, message: `the points extend over ${size.toFixed(1)} pixels only` })
  }
  return faults
}

/** Finds images of equal content under different ids, within a split and across splits, and equal faces of one image. */
function checkImages(images: readonly ImageOccurrence[]): DatasetFault[] {
  const first = new Map<string, ImageOccurrence>()
  const faces = new Map<string, string>()
  const faults: DatasetFault[] = []
  for (const { hash, points, ...place } of images) {
    const other = first.get(hash)
    if (!other) {
      first.set(hash, { hash, points, ...place })
    } else if (other.split !== place.split) {
      const message = `the same image is ${other.id} of split ${other.split}: results on one would be no test of the other`
      faults.push({ kind: 'sharedImage', ...place, message })
    } else if (fileName(other.id) !== fileName(place.id)) {
      faults.push({ kind: 'duplicateImage', ...place, message: `the same image is ${other.id}` })
    } else if (faces.has(`${hash} ${points}`)) {
      const message = `the same points in the same image has ${faces.get(`${hash} ${points}`)}`
      faults.push({ kind: 'duplicateFace', ...place, message })
    }
    faces.set(`${hash} ${points}`, place.id)
  }
  return faults
}

/** The further faces of one image have ids such as `a.jpg#2`. */
function fileName(id: string): string {
  return id.replace(/#\d+$/, '')
}

function checkShapes(faces: readonly Face[], scheme: KeypointScheme, { outlierDeviations }: Settings): DatasetFault[] {
  const isShape = ({ visibility, size }: Face): boolean =>
    size > 0 && visibility.filter((state) => state !== NOT_LABELED).length >= 3
  const shapes = faces.filter(isShape)
  if (shapes.length < MIN_SHAPES) return []
  const mean = robustMeanShape(shapes)
  const distances = shapes.map((shape) => procrustesDistance(shape, mean))
  // A shape that has too few points of the mean has no distance.
  const known = distances.filter((distance) => !Number.isNaN(distance))
  const typical = median(known)
  const deviation = median(known.map((distance) => Math.abs(distance - typical))) || Number.EPSILON
  const flip = flipIndices(scheme)
  return shapes.flatMap((shape, at): DatasetFault[] => {
    const { split, index, id } = shape
    const distance = distances[at] as number
    const swapped = procrustesDistance(swapSides(shape, flip), mean)
    if (swapped < SWAP_GAIN * distance && distance > typical + 2 * deviation) {
      const message = `left and right seem to be exchanged: distance from the mean shape ${distance.toFixed(2)}, ${swapped.toFixed(2)} with the sides swapped`
      return [{ kind: 'swappedSides', split, index, id, message, points: scheme.flipPairs.flat() }]
    }
    if (distance > typical + outlierDeviations * deviation) {
      const message = `the shape is far from the others: Procrustes distance ${distance.toFixed(2)}, median ${typical.toFixed(2)}`
      return [{ kind: 'outlierShape', split, index, id, message }]
    }
    return []
  })
}

function swapSides({ keypoints, visibility }: Shape, flip: readonly number[]): Shape {
  return {
    keypoints: keypoints.map((_, at) => keypoints[2 * (flip[at >> 1] as number) + (at % 2)] as number),
    visibility: visibility.map((_, point) => visibility[flip[point] as number] as number),
  }
}

/** Longer side of the labeled points' extent, in source pixels. */
function measureExtent(sample: Sample): number {
  const { keypoints, visibility } = sample
  const labeled = [...visibility.keys()].filter((point) => visibility[point] !== NOT_LABELED)
  if (labeled.length === 0) return 0
  const points = toSourcePoints(sample, keypoints)
  const xs = findRange(labeled.map((point) => points[2 * point] as number))
  const ys = findRange(labeled.map((point) => points[2 * point + 1] as number))
  return Math.max(xs.highest - xs.lowest, ys.highest - ys.lowest)
}

function countSizes(faces: readonly Face[]): DatasetCheck['sizes'] {
  const sizes = { '<32': 0, '<64': 0, '<128': 0, '<256': 0, '>=256': 0 }
  for (const { size } of faces) {
    const limit = [32, 64, 128, 256].find((bound) => size < bound)
    sizes[limit === undefined ? '>=256' : (`<${limit}` as keyof typeof sizes)]++
  }
  return sizes
}

function isDataset(value: Dataset | Readonly<Record<string, Dataset>>): value is Dataset {
  return typeof (value as Dataset).get === 'function'
}
