import { checkArgument, listKind, pointDistances } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { noFacesError } from './errors.ts'
import { checkKeypointPair, isLabeled, type KeypointPair } from './keypoint-pair.ts'

const MEAN_ABSOLUTE_ERROR_PAIRS = listKind(KINDS.object)

/**
 * Computes the Euclidean distance between target and prediction of each point of a face.
 *
 * @returns N distances in pixels, NaN for a point without a label
 * @throws FacekpError `METRIC_FACE`, `KEYPOINT_COUNT` or `METRIC_NOT_FINITE` if the face cannot be measured
 */
export function pointErrors(pair: KeypointPair): number[] {
  checkArgument(KINDS.object, pair, 'pair', 'pointErrors')
  checkKeypointPair(pair)
  const distances = pointDistances(pair.target, pair.predicted)
  return Array.from(distances, (distance, point) => (isLabeled(pair, point) ? distance : Number.NaN))
}

/**
 * Computes the mean absolute error (MAE) over all coordinates of all labeled points of all faces.
 *
 * @returns pixels; NaN if no point is labeled
 * @throws FacekpError `METRIC_EMPTY` if `pairs` is empty, and the errors of {@link pointErrors}
 */
export function meanAbsoluteError(pairs: readonly KeypointPair[]): number {
  checkArgument(MEAN_ABSOLUTE_ERROR_PAIRS, pairs, 'pairs', 'meanAbsoluteError')
  if (pairs.length === 0) throw noFacesError()
  for (const pair of pairs) checkKeypointPair(pair)
  return nanMean(pairs.flatMap(absoluteErrors))
}

/** Computes |dx| and |dy| of each point: 2N numbers, NaN for a point without a label. */
export function absoluteErrors(pair: KeypointPair): number[] {
  const { target, predicted } = pair
  return Array.from(target, (value, i) =>
    isLabeled(pair, i >> 1) ? Math.abs(value - (predicted[i] as number)) : Number.NaN,
  )
}

/** Computes the mean of the values that are not NaN, or NaN if all are NaN. */
export function nanMean(values: readonly number[]): number {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return sum / count
}
