import { expect, test } from '@jest/globals'
import { median } from './peer.ts'

// statistics.median of Python
test.each([
  [[7], 7],
  [[10, 2, 3, 1], 2.5],
  [[5, 1, 3], 3],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
})
