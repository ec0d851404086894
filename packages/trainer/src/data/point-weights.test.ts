import { expect, test } from '@jest/globals'
import { weightsOf } from './point-weights.ts'

const sample = { visibility: Uint8Array.of(0, 1, 2) }

test('a point counts by its own weight and by whether it is seen, and not at all without a label', () => {
  expect(weightsOf(sample, {})).toEqual([0, 1, 1])
  expect(weightsOf(sample, { hidden: 0.5 })).toEqual([0, 0.5, 1])
  expect(weightsOf(sample, { hidden: 0.5, byPoint: [3, 4, 0] })).toEqual([0, 2, 0])
})

test('weights of another number of points are an error', () => {
  expect(() => weightsOf(sample, { byPoint: [1] })).toThrow(
    expect.objectContaining({ code: 'KEYPOINT_COUNT', received: '1 weights', expected: '3' }),
  )
})
