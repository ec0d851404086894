import { describe, expect, it } from '@jest/globals'
import { areaUnderCurve, cumulativeErrors, failureRate } from './cumulative.ts'
import { percentile } from './percentile.ts'

describe('the cumulative error distribution', () => {
  it('counts faces up to each error, that error included', () => {
    expect(cumulativeErrors([0.02, 0.04, 0.04, 0.1], 0.08, 4)).toEqual([
      { error: 0, faces: 0 },
      { error: 0.02, faces: 0.25 },
      { error: 0.04, faces: 0.75 },
      { error: 0.06, faces: 0.75 },
      { error: 0.08, faces: 0.75 },
    ])
  })

  it('has its area and what lies beyond', () => {
    // (0.75 + 0.5 + 0.5 + 0) / 4.
    expect(areaUnderCurve([0.02, 0.04, 0.04, 0.1], 0.08)).toBeCloseTo(0.4375, 12)
    expect(failureRate([0.02, 0.04, 0.04, 0.1], 0.08)).toBe(0.25)
    expect(failureRate([0.08], 0.08)).toBe(0)
  })

  it.each([0, -1, Number.NaN])('has no threshold of %d', (threshold) => {
    expect(() => failureRate([1], threshold)).toThrow(expect.objectContaining({ code: 'METRIC_THRESHOLD' }))
  })

  it.each([Number.NaN, -1, '0.1', undefined])('has no error of %p', (error) => {
    for (const measure of [failureRate, areaUnderCurve, cumulativeErrors])
      expect(() => measure([0.1, error as number], 0.08)).toThrow(
        expect.objectContaining({ code: 'METRIC_NOT_FINITE' }),
      )
  })

  it('counts a face that was not found as one beyond every threshold', () => {
    expect(failureRate([0.01, Number.POSITIVE_INFINITY], 0.08)).toBe(0.5)
    expect(areaUnderCurve([0, Number.POSITIVE_INFINITY], 0.08)).toBe(0.5)
    expect(cumulativeErrors([0, Number.POSITIVE_INFINITY], 0.08, 1).at(-1)).toEqual({ error: 0.08, faces: 0.5 })
  })

  it.each([0, 1.5, Number.NaN])('has no %d steps', (steps) => {
    expect(() => cumulativeErrors([0.1], 0.08, steps)).toThrow(expect.objectContaining({ code: 'METRIC_OPTION' }))
  })
})

describe('percentile', () => {
  // numpy.percentile([4, 1, 3, 2], [0, 10, 50, 100]) = 1, 1.3, 2.5, 4
  it.each([
    [0, 1],
    [10, 1.3],
    [50, 2.5],
    [100, 4],
  ])('%d of four numbers is %d', (percent, expected) => {
    expect(percentile([4, 1, 3, 2], percent)).toBeCloseTo(expected, 12)
  })

  it('refuses 101 and nothing', () => {
    expect(() => percentile([1], 101)).toThrow(expect.objectContaining({ code: 'METRIC_PERCENT' }))
    expect(() => percentile([1, Number.NaN], 50)).toThrow(expect.objectContaining({ code: 'METRIC_NOT_FINITE' }))
    expect(() => percentile([], 50)).toThrow(expect.objectContaining({ code: 'METRIC_EMPTY' }))
  })
})
