import { describe, expect, it } from '@jest/globals'
import { areaUnderCurve, cumulativeErrors, failureRate } from './error-distribution.ts'

describe('the cumulative error distribution', () => {
  it('counts the faces up to and including each error', () => {
    expect(cumulativeErrors([0.02, 0.04, 0.04, 0.1], 0.08, 4)).toEqual([
      { error: 0, fraction: 0 },
      { error: 0.02, fraction: 0.25 },
      { error: 0.04, fraction: 0.75 },
      { error: 0.06, fraction: 0.75 },
      { error: 0.08, fraction: 0.75 },
    ])
  })

  it('has an area under the curve and a failure rate', () => {
    // (0.75 + 0.5 + 0.5 + 0) / 4.
    expect(areaUnderCurve([0.02, 0.04, 0.04, 0.1], 0.08)).toBeCloseTo(0.4375, 12)
    expect(failureRate([0.02, 0.04, 0.04, 0.1], 0.08)).toBe(0.25)
    expect(failureRate([0.08], 0.08)).toBe(0)
  })

  it.each([0, -1, Number.NaN])('rejects a threshold of %d', (threshold) => {
    expect(() => failureRate([1], threshold)).toThrow(expect.objectContaining({ code: 'METRIC_THRESHOLD' }))
  })

  it.each([Number.NaN, -1, '0.1', undefined])('rejects an error of %p', (error) => {
    for (const metric of [failureRate, areaUnderCurve, cumulativeErrors])
      expect(() => metric([0.1, error as number], 0.08)).toThrow(expect.objectContaining({ code: 'METRIC_NOT_FINITE' }))
  })

  it('counts an infinite error (a face that was not detected) as above every threshold', () => {
    expect(failureRate([0.01, Number.POSITIVE_INFINITY], 0.08)).toBe(0.5)
    expect(areaUnderCurve([0, Number.POSITIVE_INFINITY], 0.08)).toBe(0.5)
    expect(cumulativeErrors([0, Number.POSITIVE_INFINITY], 0.08, 1).at(-1)).toEqual({ error: 0.08, fraction: 0.5 })
  })

  it.each([0, 1.5, Number.NaN])('rejects %d steps', (steps) => {
    expect(() => cumulativeErrors([0.1], 0.08, steps)).toThrow(expect.objectContaining({ code: 'METRIC_OPTION' }))
  })
})
