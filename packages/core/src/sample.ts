import { FacekpError } from './errors.ts'
import { type Affine, composeAffine, IDENTITY, invert, mapKeypoints } from './geometry/affine.ts'
import type { Box } from './geometry/box.ts'
import { mapBox } from './geometry/map-box.ts'
import { inverseWarpPoints, type Warp } from './geometry/nonlinear-warp.ts'
import type { SamplingOptions } from './image/border.ts'
import type { Image } from './image/image.ts'
import { warpAffine } from './image/warp-affine.ts'
import { allVisible, type Keypoints, type Visibility } from './keypoints.ts'

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
 * @throws `KEYPOINT_COUNT` if keypoints and visibility differ in number
 * @throws `KEYPOINT_NOT_FINITE` if a coordinate of a labeled point is not a finite number
 */
export function createSample(
  fields: Pick<Sample, 'id' | 'image' | 'keypoints'> & Partial<Pick<Sample, 'visibility' | 'box' | 'toSource'>>,
): Sample {
  const { id, keypoints } = fields
  const visibility = fields.visibility ?? allVisible(keypoints.length / 2)
  if (visibility.length * 2 !== keypoints.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `sample ${id}: keypoints and visibility differ in number`,
      received: `${keypoints.length / 2} and ${visibility.length}`,
    })
  }
  const invalid = keypoints.findIndex((value, i) => !Number.isFinite(value) && visibility[i >> 1] !== 0)
  if (invalid >= 0) {
    throw new FacekpError({
      code: 'KEYPOINT_NOT_FINITE',
      problem: `sample ${id}: invalid coordinate of point ${invalid >> 1}`,
      received: String(keypoints[invalid]),
      expected: 'a finite number, or visibility 0 (not labeled)',
    })
  }
  return { toSource: IDENTITY, ...fields, visibility }
}

/** Selects a sample's points and their visibility by index, in that order: for a scheme of `pickKeypoints`. */
export function selectKeypoints(sample: Sample, indices: readonly number[]): Sample {
  return {
    ...sample,
    keypoints: Float32Array.from(
      indices.flatMap((i) => [sample.keypoints[2 * i], sample.keypoints[2 * i + 1]] as number[]),
    ),
    visibility: Uint8Array.from(indices, (i) => sample.visibility[i] as number),
  }
}

/** Maps points in this sample's image (a prediction, for example) to coordinates of its source file. */
export function toSourcePoints(sample: Sample, keypoints: Keypoints): Keypoints {
  let points = mapKeypoints(sample.toSource, keypoints)
  for (const { warp, toSource } of sample.warps ?? []) points = mapKeypoints(toSource, inverseWarpPoints(warp, points))
  return points
}

/** Returns the map to the source file of the sample's image after `warp`. */
export function warpToSource(
  sample: Pick<Sample, 'toSource' | 'warps'>,
  warp: Warp,
): Pick<Sample, 'toSource' | 'warps'> {
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
