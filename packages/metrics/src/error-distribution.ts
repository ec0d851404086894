import { checkArgument, FacekpError, formatValue } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { noFacesError } from './errors.ts'

/**
 * Computes the failure rate: the fraction of faces, 0 to 1, whose error is above the threshold.
 *
 * @param errors one normalized error per face, at least 0; infinite for a face that was not detected
 * @param threshold above 0, such as 0.08
 * @throws FacekpError `METRIC_EMPTY`, `METRIC_THRESHOLD` or `METRIC_NOT_FINITE` if an argument is out of range
 */
export function failureRate(errors: readonly number[], threshold: number): number {
  checkArgument(KINDS.list, errors, 'errors', 'failureRate')
  checkArguments(errors, threshold)
  return errors.filter((error) => error > threshold).length / errors.length
}

/**
 * Computes the area under the cumulative error distribution (AUC) from 0 to the threshold, divided by the threshold.
 *
 * Exact, not by trapezoids: each face contributes max(0, 1 - error / threshold).
 *
 * @param errors one normalized error per face, at least 0; infinite for a face that was not detected
 * @param threshold above 0, such as 0.08
 * @returns 0 to 1; 1 if all errors are 0
 * @throws FacekpError `METRIC_EMPTY`, `METRIC_THRESHOLD` or `METRIC_NOT_FINITE` if an argument is out of range
 *
 * Source: Yang, Jia, Loy and Robinson 2015, An empirical study of recent face alignment methods, arXiv:1511.05049.
 */
export function areaUnderCurve(errors: readonly number[], threshold: number): number {
  checkArgument(KINDS.list, errors, 'errors', 'areaUnderCurve')
  checkArguments(errors, threshold)
  return errors.reduce((sum, error) => sum + Math.max(0, 1 - error / threshold), 0) / errors.length
}

/** A point of a cumulative error distribution. */
export interface CumulativePoint {
  readonly error: number
  /** Fraction of the faces, 0 to 1, with at most this error. */
  readonly fraction: number
}

/**
 * Computes the cumulative error distribution (CED) at `steps` + 1 errors from 0 to `threshold`, for plots.
 *
 * @param errors one normalized error per face, at least 0; infinite for a face that was not detected
 * @param threshold largest error of the distribution, above 0
 * @param steps positive integer up to 1,000,000, default 200
 * @throws FacekpError `METRIC_EMPTY`, `METRIC_THRESHOLD`, `METRIC_NOT_FINITE` or `METRIC_OPTION` (`steps`) if an argument is out of range
 */
export function cumulativeErrors(errors: readonly number[], threshold: number, steps = 200): CumulativePoint[] {
  checkArgument(KINDS.list, errors, 'errors', 'cumulativeErrors')
  checkArguments(errors, threshold)
  if (!(Number.isInteger(steps) && steps > 0 && steps <= 1_000_000)) {
    throw new FacekpError({
      code: 'METRIC_OPTION',
      problem: 'parameter steps of cumulativeErrors',
      received: formatValue(steps),
      expected: 'a positive integer',
    })
  }
  const sorted = Float64Array.from(errors).sort()
  let count = 0
  return Array.from({ length: steps + 1 }, (_, step) => {
    const error = (threshold * step) / steps
    while (count < sorted.length && (sorted[count] as number) <= error) count++
    return { error, fraction: count / sorted.length }
  })
}

function checkArguments(errors: readonly number[], threshold: number): void {
  if (errors.length === 0) throw noFacesError()
  checkThreshold(threshold)
  const invalid = errors.findIndex((error) => typeof error !== 'number' || !(error >= 0))
  if (invalid < 0) return
  throw new FacekpError({
    code: 'METRIC_NOT_FINITE',
    problem: `the error of face ${invalid} is invalid`,
    received: formatValue(errors[invalid]),
    expected: 'a number of at least 0',
  })
}

/** Throws `METRIC_THRESHOLD` if a threshold is not above 0. */
export function checkThreshold(threshold: number): void {
  if (typeof threshold === 'number' && threshold > 0 && Number.isFinite(threshold)) return
  throw new FacekpError({
    code: 'METRIC_THRESHOLD',
    problem: 'parameter threshold',
    received: formatValue(threshold),
    expected: 'a number above 0, such as 0.08',
  })
}
