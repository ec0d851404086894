import { describe, expect, it } from '@jest/globals'
import { percentile } from './percentile.ts'

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

  // numpy.percentile([1, 2, 1e300], [0, 50, 75, 100]) = 1, 2, 5e299, 1e300; numpy gives NaN for infinity itself.
  it.each([
    [0, 1],
    [50, 2],
    [75, Number.POSITIVE_INFINITY],
    [100, Number.POSITIVE_INFINITY],
  ])('%d of numbers with Infinity is %d', (percent, expected) => {
    expect(percentile([1, Number.POSITIVE_INFINITY, 2], percent)).toBe(expected)
  })

  it('rejects a percent of 101, NaN values and an empty list', () => {
    expect(() => percentile([1], 101)).toThrow(expect.objectContaining({ code: 'METRIC_PERCENT' }))
    expect(() => percentile([1, Number.NaN], 50)).toThrow(expect.objectContaining({ code: 'METRIC_NOT_FINITE' }))
    expect(() => percentile([], 50)).toThrow(expect.objectContaining({ code: 'METRIC_EMPTY' }))
  })
})
