import { expect, test } from '@jest/globals'
import { computePointWeights } from './point-weights.ts'

const sample = { visibility: Uint8Array.of(0, 1, 2) }

test('the weight of a point depends on byPoint and visibility, and is 0 without a label', () => {
  expect(computePointWeights(sample, {})).toEqual([0, 1, 1])
  expect(computePointWeights(sample, { hidden: 0.5 })).toEqual([0, 0.5, 1])
  expect(computePointWeights(sample, { hidden: 0.5, byPoint: [3, 4, 0] })).toEqual([0, 2, 0])
})

test('weights of another number of points are an error', () => {
  expect(() => computePointWeights(sample, { byPoint: [1] })).toThrow(
    expect.objectContaining({ code: 'KEYPOINT_COUNT', received: '1 weights', expected: '3 weights' }),
  )
})
