import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { type LossSettings, lossOf, lossSchema } from './loss-settings.ts'
import { meanAbsoluteError } from './mean-absolute-error.ts'
import { meanDistance } from './mean-distance.ts'
import { meanSquaredError } from './mean-squared-error.ts'
import type { PointLoss } from './point-loss.ts'
import { smoothL1 } from './smooth-l1.ts'
import { softWing } from './soft-wing.ts'
import { wing } from './wing.ts'

beforeAll(() => tf.setBackend('cpu'))

test.each<[LossSettings, PointLoss]>([
  [{ kind: 'meanSquaredError' }, meanSquaredError],
  [{ kind: 'meanAbsoluteError' }, meanAbsoluteError],
  [{ kind: 'meanDistance' }, meanDistance],
  [{ kind: 'smoothL1', beta: 3 }, smoothL1({ beta: 3 })],
  [{ kind: 'wing', omega: 5, epsilon: 1 }, wing({ omega: 5, epsilon: 1 })],
  [{ kind: 'softWing', omega1: 1, height: 128 }, softWing({ omega1: 1, height: 128 })],
])('%j is the loss of that name with these options', (settings, loss) => {
  const prediction = tf.tensor2d([[0.1, 0.2, 0.35, 0.4]])
  const truth = { target: tf.tensor2d([[0.12, 0.2, 0.3, 0.5]]), labelled: tf.ones([1, 4]) as tf.Tensor2D, aspect: 1.5 }
  const value = (of: PointLoss) => of(prediction, truth).dataSync()[0]
  expect(value(lossOf(lossSchema.parse(settings)))).toBe(value(loss))
  expect(lossOf(loss)).toBe(loss)
})
