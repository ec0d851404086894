import { type Affine, composeAffine, IDENTITY, invert, mapKeypoints } from './affine.ts'
import { inverseWarpPoints, type Warp } from './bend.ts'
import type { Border } from './border.ts'
import type { Box } from './box.ts'
import { FacekpError } from './errors.ts'
import type { Image } from './image.ts'
import { allVisible, type Keypoints, type Visibility } from './keypoints.ts'
import { warpAffine } from './warp.ts'

/** A face: its picture, its points, and the way back to the file that it came from. */
export interface Sample {
  /** Unique within its data set, and telling: the file's name, say. */
  readonly id: string
  readonly image: Image
  /** All N points of the data set's scheme, in its order. */
  readonly keypoints: Keypoints
  /** One value a point. */
  readonly visibility: Visibility
  /** The face, where the data set tells it. */
  readonly box?: Box
  /**
   * From this image's point coordinates to those of the file that it came from; where the picture was bent, to those of what
   * the last bend made, and {@link warps} leads on from there. {@link toSourcePoints} goes the whole way.
   */
  readonly toSource: Affine
  /** What else lies on the way back, the last one done first: undo the bend, then `toSource`. */
  readonly warps?: readonly SourceWarp[]
}

/** A step of the way back that is not affine, and the affine map that follows it. */
export interface SourceWarp {
  readonly warp: Warp
  readonly toSource: Affine
}

/**
 * Makes a sample as read from a file, all points in sight and `toSource` the identity unless told otherwise.
 * Throws `KEYPOINT_COUNT` where points and visibility differ in number, and `KEYPOINT_NOT_FINITE` where a coordinate
 * of a labeled point is not a number.
 */
export function createSample(
  fields: Pick<Sample, 'id' | 'image' | 'keypoints'> & Partial<Pick<Sample, 'visibility' | 'box' | 'toSource'>>,
): Sample {
  const visibility = fields.visibility ?? allVisible(fields.keypoints.length / 2)
  if (visibility.length * 2 !== fields.keypoints.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `sample ${fields.id}: points and visibility differ in number`,
      received: `${fields.keypoints.length / 2} and ${visibility.length}`,
    })
  }
  const bad = fields.keypoints.findIndex((value, i) => !Number.isFinite(value) && visibility[i >> 1] !== 0)
  if (bad >= 0) {
    throw new FacekpError({
      code: 'KEYPOINT_NOT_FINITE',
      problem: `sample ${fields.id}: a coordinate of point ${bad >> 1} is not a finite number`,
      received: String(fields.keypoints[bad]),
    })
  }
  return { toSource: IDENTITY, ...fields, visibility }
}

/** The sample with its points and their visibility taken at `indices`, in that order: for a `pickKeypoints`. */
export function selectKeypoints(sample: Sample, indices: readonly number[]): Sample {
  return {
    ...sample,
    keypoints: Float32Array.from(
      indices.flatMap((i) => [sample.keypoints[2 * i], sample.keypoints[2 * i + 1]] as number[]),
    ),
    visibility: Uint8Array.from(indices, (i) => sample.visibility[i] as number),
  }
}

/** Points in this sample's image (a prediction, say) in coordinates of the file that it came from. */
export function toSourcePoints(sample: Sample, keypoints: Keypoints): Keypoints {
  let points = mapKeypoints(sample.toSource, keypoints)
  for (const { warp, toSource } of sample.warps ?? []) points = mapKeypoints(toSource, inverseWarpPoints(warp, points))
  return points
}

/** The way back to the file of what a bend made of the sample's picture. */
export function warpToSource(
  sample: Pick<Sample, 'toSource' | 'warps'>,
  bend: Warp,
): Pick<Sample, 'toSource' | 'warps'> {
  return { toSource: IDENTITY, warps: [{ warp: bend, toSource: sample.toSource }, ...(sample.warps ?? [])] }
}

/**
 * Moves picture, points, box and `toSource` together by one affine map into a picture of `width` x `height`, sampled once
 * and antialiased where it shrinks. No point is dropped or clamped: one that leaves the picture keeps its coordinates.
 * A box becomes the box around its four moved corners.
 */
export function warpSample(sample: Sample, map: Affine, width: number, height: number, border?: Border): Sample {
  const back = invert(map)
  const { box, ...rest } = sample
  return {
    ...rest,
    image: warpAffine(sample.image, back, width, height, border),
    keypoints: mapKeypoints(map, sample.keypoints),
    ...(box ? { box: mapBox(map, box) } : {}),
    toSource: composeAffine(back, sample.toSource),
  }
}

/** The box around the four moved corners. */
export function mapBox(map: Affine, { left, top, width, height }: Box): Box {
  const [l, t, r, b] = [left - 0.5, top - 0.5, left + width - 0.5, top + height - 0.5]
  const corners = mapKeypoints(map, Float32Array.of(l, t, r, t, r, b, l, b))
  const xs = corners.filter((_, i) => i % 2 === 0)
  const ys = corners.filter((_, i) => i % 2 === 1)
  const [x0, y0] = [Math.min(...xs), Math.min(...ys)]
  return { left: x0 + 0.5, top: y0 + 0.5, width: Math.max(...xs) - x0, height: Math.max(...ys) - y0 }
}
