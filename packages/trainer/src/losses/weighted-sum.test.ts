import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { golden, headTargets, MAP_SHAPE, testRejectedOptions } from '../../fixtures/losses.ts'
import { euclideanLoss } from './euclidean-loss.ts'
import { computeLoss, type Loss } from './loss.ts'
import { simccLoss } from './simcc-loss.ts'
import { starLoss } from './star-loss.ts'
import { weightedSum } from './weighted-sum.ts'
import { wingLoss } from './wing-loss.ts'

test('adds losses of points and of heads', () => {
  const decoded = {
    points: headTargets.target.add<tf.Tensor2D>(0.1),
    heatmaps: tf.tensor4d(golden.heads.maps, MAP_SHAPE),
  }
  const computeValue = (loss: Loss): number => computeLoss(loss, decoded, headTargets).dataSync()[0] as number
  const sum = weightedSum([
    [euclideanLoss, 2],
    [starLoss(), 0.5],
  ])
  expect(computeValue(sum)).toBeCloseTo(2 * computeValue(euclideanLoss) + 0.5 * computeValue(starLoss()), 5)
})

test('a point has the same weight in each part, whichever points lie outside the frame', () => {
  const [divergence, target] = [simccLoss({ sigma: 2 }), tf.tensor2d([[0.2, 0.3, 0.6, 0.5, 1.2, 0.4, 0.9, 0.9]])]
  const weights = [1, 0.25, 0.5, 0]
  const decoded = {
    points: tf.tensor2d([[0.3, 0.3, 0.5, 0.8, 0.9, 0.6, 0.1, 0.1]]),
    simcc: { x: tf.logSoftmax(tf.range(0, 32).reshape([1, 4, 8])), y: tf.logSoftmax(tf.ones([1, 4, 8])) } as never,
  }
  const computeValue = (loss: Loss, pointWeights: readonly number[]): number => {
    const targetWeights = tf.tensor2d([pointWeights.flatMap((weight) => [weight, weight])])
    return computeLoss(loss, decoded, { target, targetWeights, aspectRatio: 1 }).dataSync()[0] as number
  }
  let expected = 0
  for (const [point, weight] of weights.entries()) {
    const alone = weights.map((_, other) => (other === point ? 1 : 0))
    expected += (weight * (2 * computeValue(euclideanLoss, alone) + 3 * computeValue(divergence, alone))) / 1.75
  }
  const sum = weightedSum([
    [euclideanLoss, 2],
    [divergence, 3],
  ])
  expect(computeValue(sum, weights)).toBeCloseTo(expected, 5)
})

const expectation =
  'losses of weightedSum: expected [[loss, weight], …]: one or more losses made by their functions, with weights of at least 0'

testRejectedOptions(weightedSum, [
  [[], `${expectation}, received []`],
  [[wingLoss()], `${expectation}, received a function`],
  [[[wingLoss(), -1]], `${expectation}, received [a function,-1]`],
  [[[wingLoss(), Number.NaN]], `${expectation}, received [a function,NaN]`],
  [[[{ kind: 'wing' }, 1]], `${expectation}, received [{"kind":"wing"},1]`],
])
