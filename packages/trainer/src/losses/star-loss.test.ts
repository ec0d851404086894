import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import {
  golden,
  headTargets,
  testDifferentiableLoss,
  testMissingOutput,
  testNoTensorLeft,
  testRejectedOptions,
  toCoordinateWeights,
} from '../../fixtures/losses.ts'
import { starLoss, starOfHeatmaps } from './star-loss.ts'

const { shape, maps, target, weights, full, half } = golden.star

const computeLossOfMaps = (maps: tf.Tensor, restriction: number): tf.Scalar =>
  starOfHeatmaps(
    maps as tf.Tensor4D,
    { target: tf.tensor2d(target), targetWeights: toCoordinateWeights(weights), aspectRatio: 8 / 6 },
    restriction,
  )

const common = { input: maps, shape, step: 1e-2 }
testDifferentiableLoss({ ...common, name: 'star', loss: (x) => computeLossOfMaps(x, 1), expected: full })
testDifferentiableLoss({ ...common, name: 'restriction 0.5', loss: (x) => computeLossOfMaps(x, 0.5), expected: half })

const computeLossAt = (maps: tf.Tensor, [x, y]: [number, number], restriction: number): tf.Scalar =>
  starOfHeatmaps(
    maps as tf.Tensor4D,
    { target: tf.tensor2d([[x, y]]), targetWeights: tf.ones([1, 2]), aspectRatio: 1 },
    restriction,
  )

test('weighs an error along the spread less than one across', () => {
  const wide = tf.ones([1, 1, 9, 1]).pad([
    [0, 0],
    [4, 4],
    [0, 0],
    [0, 0],
  ])
  const computeValue = (x: number, y: number): number => computeLossAt(wide, [x, y], 0).dataSync()[0] as number
  expect(computeValue(0.7, 0.5)).toBeLessThan(computeValue(0.5, 0.7) / 10)
  expect(computeValue(0.5, 0.5)).toBeCloseTo(0, 5)
})

test.each([
  ['as wide as high', tf.ones([1, 5, 5, 1])],
  ['one cell', tf.ones([1, 1, 1, 1])],
  ['zero', tf.zeros([1, 5, 5, 1])],
])('is finite for a map that is %s, and so is its gradient', (_, maps) => {
  expect(Number.isFinite(computeLossAt(maps, [0.3, 0.4], 0).dataSync()[0])).toBe(true)
  const gradient = tf
    .grad((x) => computeLossAt(x, [0.3, 0.4], 1))(maps)
    .dataSync()
  expect([...gradient].every(Number.isFinite)).toBe(true)
})

const heatmaps = tf.tensor4d(maps, shape)
testNoTensorLeft(() => starLoss().headLoss({ points: headTargets.target, heatmaps }, headTargets))

testMissingOutput(starLoss(), 'heatmaps')

testRejectedOptions(starLoss, [
  [{ restriction: -1 }, 'option restriction of star: expected a number of at least 0, received -1'],
])
