import { expect, test } from '@jest/globals'
import { binomialFilter } from './binomial-filter.ts'

test("is a row of Pascal's triangle by its sum", () => {
  expect(binomialFilter(1)).toEqual([1])
  expect(binomialFilter(2)).toEqual([1 / 2, 1 / 2])
  expect(binomialFilter(4)).toEqual([1 / 8, 3 / 8, 3 / 8, 1 / 8])
  expect(binomialFilter(7)).toEqual([1, 6, 15, 20, 15, 6, 1].map((value) => value / 64))
})
