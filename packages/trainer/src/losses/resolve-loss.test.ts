import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adaptiveWingLoss } from './adaptive-wing-loss.ts'
import { euclideanLoss } from './euclidean-loss.ts'
import { l1Loss } from './l1-loss.ts'
import { computeLoss, type Loss } from './loss.ts'
import { mseLoss } from './mse-loss.ts'
import { type LossSettings, lossSchema, resolveLoss } from './resolve-loss.ts'
import { simccLoss } from './simcc-loss.ts'
import { smoothL1Loss } from './smooth-l1-loss.ts'
import { softWingLoss } from './soft-wing-loss.ts'
import { starLoss } from './star-loss.ts'
import { wingLoss } from './wing-loss.ts'

beforeAll(() => tf.setBackend('cpu'))

test.each<[LossSettings, Loss]>([
  [{ kind: 'mse' }, mseLoss],
  [{ kind: 'l1' }, l1Loss],
  [{ kind: 'euclidean' }, euclideanLoss],
  [{ kind: 'smoothL1', beta: 3 }, smoothL1Loss({ beta: 3 })],
  [{ kind: 'wing', omega: 5, epsilon: 1 }, wingLoss({ omega: 5, epsilon: 1 })],
  [{ kind: 'softWing', omega1: 1, height: 128 }, softWingLoss({ omega1: 1, height: 128 })],
  [{ kind: 'adaptiveWing', sigma: 1.5, foreground: 5 }, adaptiveWingLoss({ sigma: 1.5, foreground: 5 })],
  [{ kind: 'star', restriction: 2 }, starLoss({ restriction: 2 })],
  [{ kind: 'simcc', sigma: 2 }, simccLoss({ sigma: 2 })],
])('%j is the loss of that kind with these options', (settings, loss) => {
  const prediction = tf.tensor2d([[0.1, 0.2, 0.35, 0.4]])
  const targets = {
    target: tf.tensor2d([[0.12, 0.2, 0.3, 0.5]]),
    targetWeights: tf.ones([1, 4]) as tf.Tensor2D,
    aspectRatio: 1.5,
  }
  const decoded = {
    points: prediction,
    heatmaps: tf
      .softmax(tf.randomNormal([1, 2, 64], 0, 1, 'float32', 1))
      .transpose([0, 2, 1])
      .reshape([1, 8, 8, 2]) as tf.Tensor4D,
    simcc: { x: tf.softmax(tf.ones([1, 2, 16])) as tf.Tensor3D, y: tf.softmax(tf.ones([1, 2, 16])) as tf.Tensor3D },
  }
  const value = (anyLoss: Loss) => computeLoss(anyLoss, decoded, targets).dataSync()[0]
  expect(value(resolveLoss(lossSchema.parse(settings)))).toBe(value(loss))
  expect(resolveLoss(loss)).toBe(loss)
})

test('a loss of the user may have a kind of its own', () => {
  const ownLoss = { kind: 'own', headLoss: () => tf.scalar(0) }
  expect(resolveLoss(ownLoss)).toBe(ownLoss)
})
