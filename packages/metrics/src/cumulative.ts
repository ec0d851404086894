import { FacekpError } from '@facekp/core'

/**
 * Throws `METRIC_EMPTY` without errors, `METRIC_THRESHOLD` where the threshold is not above 0, `METRIC_NOT_FINITE` where an error is no number
 * of at least 0. It may be infinite: a face that was not found.
 */
function check(errors: readonly number[], threshold: number): void {
  if (errors.length === 0) throw new FacekpError({ code: 'METRIC_EMPTY', problem: 'there is no face to measure' })
  if (typeof threshold !== 'number' || !(threshold > 0 && Number.isFinite(threshold))) {
    throw new FacekpError({
      code: 'METRIC_THRESHOLD',
      problem: 'there is no such threshold',
      received: String(threshold),
      expected: 'a number above 0, such as 0.08',
    })
  }
  const strange = errors.findIndex((error) => typeof error !== 'number' || !(error >= 0))
  if (strange < 0) return
  throw new FacekpError({
    code: 'METRIC_NOT_FINITE',
    problem: `the error of face ${strange} is none`,
    received: String(errors[strange]),
    expected: 'a number of at least 0',
  })
}

/**
 * The part of faces, 0 to 1, whose error is above the threshold.
 *
 * Throws `METRIC_EMPTY`, `METRIC_THRESHOLD`, `METRIC_NOT_FINITE`.
 */
export function failureRate(errors: readonly number[], threshold: number): number {
  check(errors, threshold)
  return errors.filter((error) => error > threshold).length / errors.length
}

/**
 * Area under the cumulative error distribution from 0 to the threshold, divided by the threshold: 1 where all errors are 0. Exact, not by
 * trapezoids: each face adds 1 - error / threshold where its error is below.
 *
 * Throws `METRIC_EMPTY`, `METRIC_THRESHOLD`, `METRIC_NOT_FINITE`.
 *
 * Source: Yang, Jia, Loy and Robinson 2015, An empirical study of recent face alignment methods, arXiv:1511.05049.
 */
export function areaUnderCurve(errors: readonly number[], threshold: number): number {
  check(errors, threshold)
  return errors.reduce((sum, error) => sum + Math.max(0, 1 - error / threshold), 0) / errors.length
}

/** A place of a cumulative error distribution. */
export interface CumulativePoint {
  readonly error: number
  /** The part of faces, 0 to 1, with at most this error. */
  readonly faces: number
}

/**
 * The cumulative error distribution (CED) at `steps` + 1 places from 0 to `threshold`: for drawing.
 *
 * Throws `METRIC_EMPTY`, `METRIC_THRESHOLD`, `METRIC_NOT_FINITE`, and `METRIC_OPTION` where `steps` is no whole number above 0.
 */
export function cumulativeErrors(errors: readonly number[], threshold: number, steps = 200): CumulativePoint[] {
  check(errors, threshold)
  if (!(Number.isInteger(steps) && steps > 0)) {
    throw new FacekpError({
      code: 'METRIC_OPTION',
      problem: 'there are no such steps',
      received: String(steps),
      expected: 'a whole number above 0',
    })
  }
  const sorted = Float64Array.from(errors).sort()
  let below = 0
  return Array.from({ length: steps + 1 }, (_, step) => {
    const error = (threshold * step) / steps
    while (below < sorted.length && (sorted[below] as number) <= error) below++
    return { error, faces: below / sorted.length }
  })
}
