import { FacekpError, NOT_LABELLED, pointDistances } from '@facekp/core'
import type { MeasuredFace } from './measured-face.ts'

/**
 * Distance of each point of a face from where it was found, in pixels: N numbers, NaN for a point without a label.
 * Throws `KEYPOINT_COUNT` where truth and what was found differ in number, `METRIC_NOT_FINITE` where a coordinate of a labelled
 * point is no number.
 */
export function pointErrors({ id, truth, found, visibility }: MeasuredFace): number[] {
  return Array.from(pointDistances(truth, found), (distance, point) => {
    if (visibility?.[point] === NOT_LABELLED) return Number.NaN
    if (Number.isFinite(distance)) return distance
    throw new FacekpError({
      code: 'METRIC_NOT_FINITE',
      problem: `face ${id}: point ${point} cannot be measured`,
      received: `truth ${truth.slice(2 * point, 2 * point + 2)}, found ${found.slice(2 * point, 2 * point + 2)}`,
      expected: 'finite coordinates',
    })
  })
}

/**
 * Mean absolute error over all coordinates of all labelled points of all faces, in pixels: what class competitions are scored by. NaN
 * where no point has a label.
 */
export function meanAbsoluteError(faces: readonly MeasuredFace[]): number {
  return mean(faces.flatMap(absoluteErrors))
}

/** |dx| and |dy| of each point: 2 N numbers, NaN without a label. */
export function absoluteErrors({ truth, found, visibility }: MeasuredFace): number[] {
  return Array.from(truth, (value, i) =>
    visibility?.[i >> 1] === NOT_LABELLED ? Number.NaN : Math.abs(value - (found[i] as number)),
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
