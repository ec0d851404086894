import { FacekpError } from '@facekp/core'

/**
 * The value below which `percent` (0 to 100) of the values lie, linear between the two nearest, as numpy has it by default.
 *
 * Throws `METRIC_EMPTY` without values, `METRIC_PERCENT` out of range, `METRIC_NOT_FINITE` where a value is no number.
 */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new FacekpError({ code: 'METRIC_EMPTY', problem: 'there is no value' })
  if (!(percent >= 0 && percent <= 100)) {
    throw new FacekpError({
      code: 'METRIC_PERCENT',
      problem: 'there is no such percentile',
      received: String(percent),
      expected: '0 to 100',
    })
  }
  if (!values.every(Number.isFinite)) {
    throw new FacekpError({
      code: 'METRIC_NOT_FINITE',
      problem: 'a value is no finite number',
      received: String(values.find((value) => !Number.isFinite(value))),
    })
  }
  const sorted = Float64Array.from(values).sort()
  const place = (percent / 100) * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number]
  return below + (above - below) * (place - Math.floor(place))
}
