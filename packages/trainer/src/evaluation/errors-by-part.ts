import { checkArgument, FacekpError, type KeypointScheme, listKind, NOT_LABELED, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { average, mean, sourceDistances } from './errors-in-pixels.ts'
import type { Prediction } from './predict.ts'

const POINT_ERRORS_PX_PREDICTIONS = listKind(objectKind({ sample: KINDS.sample, points: KINDS.keypoints }))

/** Error of one part of the face. */
export interface PartError {
  /** Name of the scheme's part. */
  readonly name: string
  /** Mean of the errors of the part's points, in pixels of the original files, as {@link pointErrorsPx}; NaN if none has a label. */
  readonly errorPx: number
}

/**
 * Computes the error of each point: its mean distance over the faces, in pixels of the original files.
 *
 * @returns N numbers: NaN for points that no face labels, Infinity for points that a face labels and that are predicted as NaN for it
 *
 * @throws `DATASET_EMPTY` without faces
 *
 * @example
 * ```ts
 * import type { Dataset } from '@facekp/core'
 * import { partErrorsPx, pointErrorsPx, predict } from '@facekp/trainer'
 * import type { LayersModel } from '@tensorflow/tfjs'
 *
 * export async function printPartErrors(model: LayersModel, test: Dataset) {
 *   const { predictions } = await predict(model, test)
 *   console.table(partErrorsPx(pointErrorsPx(predictions), test.scheme))
 * }
 * ```
 */
export function pointErrorsPx(predictions: readonly Pick<Prediction, 'sample' | 'points'>[]): number[] {
  checkArgument(POINT_ERRORS_PX_PREDICTIONS, predictions, 'predictions', 'pointErrorsPx')
  const distances = predictions.map(({ sample, points }) => sourceDistances(sample, points))
  const [first] = distances
  if (!first)
    throw new FacekpError({
      code: 'DATASET_EMPTY',
      problem: 'predictions are empty',
      received: '0 faces',
      expected: '1 face or more',
    })
  return first.map((_, point) => {
    const labeled = distances.filter((_, i) => predictions[i]?.sample.visibility[point] !== NOT_LABELED)
    const errors = labeled.map((face) => face[point] as number)
    return errors.some(Number.isNaN) ? Number.POSITIVE_INFINITY : average(errors)
  })
}

/**
 * Computes the error of each of the scheme's parts, in the scheme's order, from the errors of the points; those of NaN are left out.
 *
 * @throws `KEYPOINT_COUNT` if there is not one error a point
 */
export function partErrorsPx(pointErrors: readonly number[], scheme: KeypointScheme): PartError[] {
  checkArgument(KINDS.numbers, pointErrors, 'pointErrors', 'partErrorsPx')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'partErrorsPx')
  if (pointErrors.length !== scheme.pointNames.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: `scheme ${scheme.name} needs one error for each point`,
      received: `${pointErrors.length} errors`,
      expected: `${scheme.pointNames.length} errors`,
    })
  }
  return scheme.parts.map(({ name, indices }) => ({
    name,
    errorPx: mean(indices.map((point) => pointErrors[point] as number)),
  }))
}
