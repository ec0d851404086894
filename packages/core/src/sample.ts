import { checkArgument } from './arguments/check-argument.ts'
import { formatValue } from './arguments/format-value.ts'
import { objectKind } from './arguments/kind-makers.ts'
import * as KINDS from './arguments/kinds.ts'
import { FacekpError } from './errors.ts'
import { type Affine, composeAffine, IDENTITY, invert, mapKeypoints } from './geometry/affine.ts'
import type { Box } from './geometry/box.ts'
import { mapBox } from './geometry/map-box.ts'
import { inverseWarpPoints, type Warp } from './geometry/nonlinear-warp.ts'
import type { SamplingOptions } from './image/border.ts'
import { checkImage, type Image } from './image/image.ts'
import { warpAffine } from './image/warp-affine.ts'
import { allVisible, checkKeypoints, type Keypoints, pointAt, type Visibility } from './keypoints.ts'

const WARP_TO_SOURCE_SAMPLE = objectKind({ toSource: KINDS.affine })

const TO_SOURCE_POINTS_SAMPLE = objectKind({ toSource: KINDS.affine })

const SAMPLE_FIELDS = objectKind({
  id: KINDS.string,
  image: KINDS.object,
  toSource: KINDS.affine,
})

/** A face: its image, its points, and the map back to its source file. */
export interface Sample {
  /** Unique within its dataset, and readable: the file's name, for example. */
  readonly id: string
  readonly image: Image
  /** All N points of the dataset's scheme, in its order. */
  readonly keypoints: Keypoints
  /** One value for each point. */
  readonly visibility: Visibility
  /** The face's box, if the dataset has one. */
  readonly box?: Box
  /**
   * Maps this image's point coordinates to those of its source file; if {@link warps} is present, to those of the output of
   * its first warp instead. {@link toSourcePoints} applies all of them.
   */
  readonly toSource: Affine
  /** The nonlinear part of the map to the source file, the most recent warp first: undo the warp, then apply its `toSource`. */
  readonly warps?: readonly SourceWarp[]
}

/** A nonlinear step of the map to the source file, and the affine map after it. */
export interface SourceWarp {
  readonly warp: Warp
  readonly toSource: Affine
}

/**
 * Creates a sample as read from a file. Default: all points visible, and `toSource` the identity.
 *
 * @throws `KEYPOINT_TYPE`, `KEYPOINT_COUNT`, `KEYPOINT_VISIBILITY` or `KEYPOINT_NOT_FINITE` for invalid keypoints or visibility
 * @throws `IMAGE_DATA`, `IMAGE_CHANNELS` or `IMAGE_SIZE` for an invalid image, `SAMPLE_BOX` for a box that is not finite
 */
export function createSample(
  fields: Pick<Sample, 'id' | 'image' | 'keypoints'> & Partial<Pick<Sample, 'visibility' | 'box' | 'toSource'>>,
): Sample {
  checkArgument(KINDS.object, fields, 'fields', 'createSample')
  const visibility = fields.visibility ?? allVisible(Math.floor(fields.keypoints?.length / 2) || 0)
  const sample = { toSource: IDENTITY, ...fields, visibility }
  checkSample(sample)
  return sample
}

/** Checks a sample as {@link createSample} does, if the sample was created or changed without it. */
export function checkSample(sample: Sample): void {
  checkArgument(SAMPLE_FIELDS, sample, 'sample', 'createSample')
  const { id, image, keypoints, visibility, box } = sample
  checkKeypoints(id, keypoints, visibility)
  checkImage(image)
  if (!box || [box.left, box.top, box.width, box.height].every(Number.isFinite)) return
  throw new FacekpError({
    code: 'SAMPLE_BOX',
    problem: `sample ${id}: invalid box`,
    received: formatValue(box),
    expected: 'four finite numbers, or no box',
  })
}

/**
 * Selects a sample's points and their visibility by index, in that order: for a scheme of `pickKeypoints`.
 *
 * @throws `KEYPOINT_INDEX` if the sample has no such point
 */
export function selectKeypoints(sample: Sample, indices: readonly number[]): Sample {
  checkArgument(KINDS.sample, sample, 'sample', 'selectKeypoints')
  checkArgument(KINDS.array, indices, 'indices', 'selectKeypoints')
  return {
    ...sample,
    keypoints: Float32Array.from(indices.flatMap((index) => pointAt(sample.keypoints, index))),
    visibility: Uint8Array.from(indices, (i) => sample.visibility[i] as number),
  }
}

/** Maps points in this sample's image (a prediction, for example) to coordinates of its source file. */
export function toSourcePoints(sample: Sample, keypoints: Keypoints): Keypoints {
  checkArgument(TO_SOURCE_POINTS_SAMPLE, sample, 'sample', 'toSourcePoints')
  checkArgument(KINDS.keypoints, keypoints, 'keypoints', 'toSourcePoints')
  let points = mapKeypoints(sample.toSource, keypoints)
  for (const { warp, toSource } of sample.warps ?? []) points = mapKeypoints(toSource, inverseWarpPoints(warp, points))
  return points
}

/** Returns the map to the source file of the sample's image after `warp`. */
export function warpToSource(
  sample: Pick<Sample, 'toSource' | 'warps'>,
  warp: Warp,
): Pick<Sample, 'toSource' | 'warps'> {
  checkArgument(WARP_TO_SOURCE_SAMPLE, sample, 'sample', 'warpToSource')
  checkArgument(KINDS.warp, warp, 'warp', 'warpToSource')
  return { toSource: IDENTITY, warps: [{ warp, toSource: sample.toSource }, ...(sample.warps ?? [])] }
}

/**
 * Applies one affine map to image, points, box and `toSource` together. The image is sampled once, antialiased if it shrinks.
 * No point is dropped or clamped: one that leaves the image keeps its coordinates. The box becomes the box around its four
 * mapped corners.
 *
 * @throws `AFFINE_SINGULAR` if the map has no inverse
 */
export function warpSample(sample: Sample, map: Affine, options: SamplingOptions): Sample {
  checkArgument(KINDS.sample, sample, 'sample', 'warpSample')
  checkArgument(KINDS.affine, map, 'map', 'warpSample')
  checkArgument(KINDS.sampling, options, 'options', 'warpSample')
  const inverse = invert(map)
  const { box, ...rest } = sample
  return {
    ...rest,
    image: warpAffine(sample.image, inverse, options),
    keypoints: mapKeypoints(map, sample.keypoints),
    ...(box ? { box: mapBox(map, box) } : {}),
    toSource: composeAffine(inverse, sample.toSource),
  }
}
