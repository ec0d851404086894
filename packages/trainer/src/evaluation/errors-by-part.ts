import { FacekpError, type KeypointScheme } from '@facekp/core'
import { mean, sourceDistances } from './errors-in-pixels.ts'
import type { Prediction } from './predict.ts'

/** The error of one part of the face. */
export interface PartError {
  /** Of the scheme's part. */
  readonly name: string
  /** Mean over the part's points, each its mean over the faces, in pixels of the original files; NaN where none has a label. */
  readonly errorPx: number
}

/**
 * The error of each point: its mean distance over the faces in pixels of the original files. N numbers, NaN for a point that no
 * face labels. Throws `DATASET_EMPTY` without faces.
 *
 * @example
 * ```ts
 * const errors = pointErrorsPx((await predict(model, validation)).faces)
 * ```
 */
export function pointErrorsPx(faces: readonly Pick<Prediction, 'sample' | 'points'>[]): number[] {
  const distances = faces.map(({ sample, points }) => sourceDistances(sample, points))
  const [first] = distances
  if (!first) throw new FacekpError({ code: 'DATASET_EMPTY', problem: 'there is no face to measure' })
  return first.map((_, point) => mean(distances.map((face) => face[point] as number)))
}

/**
 * The error of each of the scheme's parts, in the scheme's order, from that of its points. Throws `KEYPOINT_COUNT` where there is
 * not one error a point.
 */
export function partErrorsPx(pointErrors: readonly number[], scheme: KeypointScheme): PartError[] {
  if (pointErrors.length !== scheme.pointNames.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `there is not one error a point of scheme ${scheme.name}`,
      received: `${pointErrors.length} errors`,
      expected: String(scheme.pointNames.length),
    })
  }
  return scheme.parts.map(({ name, indices }) => ({
    name,
    errorPx: mean(indices.map((point) => pointErrors[point] as number)),
  }))
}
