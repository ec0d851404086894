import { describe, expect, test } from '@jest/globals'
import { createScale, formatValue, listLogTicks, listTicks } from './chart-scale.ts'

describe('grid lines are at round values', () => {
  test.each<[number, number, number[]]>([
    [0, 10, [0, 2, 4, 6, 8, 10]],
    [0, 0.08, [0, 0.02, 0.04, 0.06, 0.08]],
    [3, 7, [3, 4, 5, 6, 7]],
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [5, 5, [5]],
  ])('from %d to %d', (low, high, expected) => expect(listTicks(low, high)).toEqual(expected))

  test.each<[number, number, number[]]>([
    [0.1, 3, [0.1, 0.2, 0.5, 1, 2]],
    [0.0001, 100, [0.0001, 0.001, 0.01, 0.1, 1, 10, 100]],
    [0.15, 0.34, [0.15, 0.2, 0.25, 0.3]],
    [14.4, 30.5, [15, 20, 25, 30]],
  ])('logarithmic, from %d to %d', (low, high, expected) => expect(listLogTicks(low, high)).toEqual(expected))
})

test('the ends of a scale are its pixels', () => {
  const linear = createScale({ low: 2, high: 4, from: 100, to: 0 })
  expect([2, 3, 4].map(linear.toPixels)).toEqual([100, 50, 0])
  const log = createScale({ low: 1, high: 100, from: 0, to: 200, isLog: true })
  expect([1, 10, 100].map(log.toPixels)).toEqual([0, 100, 200])
})

test.each([
  [0, '0'],
  [0.123456, '0.1235'],
  [1234.5, '1235'],
  [0.0001, '1e-4'],
])('%d is written as %s', (value, text) => expect(formatValue(value)).toBe(text))
