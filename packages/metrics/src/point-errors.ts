import { FacekpError, pointDistances } from '@facekp/core'
import { checkFace, isLabeled, type KeypointPair } from './measured-face.ts'

/**
 * Distance of each point of a face from where it was found, in pixels: N numbers, NaN for a point without a label.
 * Throws `METRIC_FACE`, `KEYPOINT_COUNT` and `METRIC_NOT_FINITE` for a face that cannot be measured, as {@link evaluateKeypoints} does.
 */
export function pointErrors(face: KeypointPair): number[] {
  checkFace(face)
  const distances = pointDistances(face.target, face.predicted)
  return Array.from(distances, (distance, point) => (isLabeled(face, point) ? distance : Number.NaN))
}

/**
 * Mean absolute error over all coordinates of all labeled points of all faces, in pixels: what class competitions are scored by. NaN
 * where no point has a label. Throws `METRIC_EMPTY` without faces, and what {@link pointErrors} throws.
 */
export function meanAbsoluteError(faces: readonly KeypointPair[]): number {
  if (faces.length === 0) throw new FacekpError({ code: 'METRIC_EMPTY', problem: 'there is no face to measure' })
  for (const face of faces) checkFace(face)
  return mean(faces.flatMap(absoluteErrors))
}

/** |dx| and |dy| of each point: 2 N numbers, NaN without a label. */
export function absoluteErrors(face: KeypointPair): number[] {
  const { target, predicted } = face
  return Array.from(target, (value, i) =>
    isLabeled(face, i >> 1) ? Math.abs(value - (predicted[i] as number)) : Number.NaN,
  )
}

/** The mean of what is a number; NaN where nothing is. */
export function mean(values: readonly number[]): number {
  let [sum, count] = [0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return sum / count
}
