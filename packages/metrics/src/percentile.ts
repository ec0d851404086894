import { checkArgument, FacekpError, formatValue } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/**
 * Computes a percentile with linear interpolation between the two nearest values, as `numpy.percentile` does by default.
 *
 * @param values numbers in any order, at least one; infinite for a face that was not detected
 * @param percent 0 to 100
 * @throws FacekpError `METRIC_EMPTY` if `values` is empty, `METRIC_PERCENT` if `percent` is out of range, `METRIC_NOT_FINITE` if a value
 *   is not a number, or is -Infinity
 */
export function percentile(values: readonly number[], percent: number): number {
  checkArgument(KINDS.list, values, 'values', 'percentile')
  checkArguments(values, percent)
  const sorted = Float64Array.from(values).sort()
  const position = (percent / 100) * (sorted.length - 1)
  const below = sorted[Math.floor(position)] as number
  const above = sorted[Math.ceil(position)] as number
  const fraction = position - Math.floor(position)
  // Infinity minus Infinity, and 0 times Infinity, would not be numbers.
  return fraction === 0 || below === above ? below : below + (above - below) * fraction
}

function checkArguments(values: readonly number[], percent: number): void {
  if (values.length === 0) {
    throw new FacekpError({
      code: 'METRIC_EMPTY',
      problem: 'parameter values of percentile is empty',
      received: '0 values',
      expected: 'at least one value',
    })
  }
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
    throw new FacekpError({
      code: 'METRIC_PERCENT',
      problem: 'parameter percent of percentile',
      received: formatValue(percent),
      expected: 'a number from 0 to 100',
    })
  }
  const invalid = values.findIndex((value) => typeof value !== 'number' || !(value > Number.NEGATIVE_INFINITY))
  if (invalid < 0) return
  throw new FacekpError({
    code: 'METRIC_NOT_FINITE',
    problem: `parameter values of percentile: item ${invalid}`,
    received: formatValue(values[invalid]),
    expected: 'numbers, or Infinity for a face that was not detected',
  })
}
