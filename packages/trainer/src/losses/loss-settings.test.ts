import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adaptiveWing } from './adaptive-wing.ts'
import { axisDivergence } from './axis-divergence.ts'
import { type Loss, lossValue } from './loss.ts'
import { type LossSettings, lossSchema, namedLoss } from './loss-settings.ts'
import { meanAbsoluteError } from './mean-absolute-error.ts'
import { meanDistance } from './mean-distance.ts'
import { meanSquaredError } from './mean-squared-error.ts'
import { smoothL1 } from './smooth-l1.ts'
import { softWing } from './soft-wing.ts'
import { star } from './star.ts'
import { wing } from './wing.ts'

beforeAll(() => tf.setBackend('cpu'))

test.each<[LossSettings, Loss]>([
  [{ kind: 'meanSquaredError' }, meanSquaredError],
  [{ kind: 'meanAbsoluteError' }, meanAbsoluteError],
  [{ kind: 'meanDistance' }, meanDistance],
  [{ kind: 'smoothL1', beta: 3 }, smoothL1({ beta: 3 })],
  [{ kind: 'wing', omega: 5, epsilon: 1 }, wing({ omega: 5, epsilon: 1 })],
  [{ kind: 'softWing', omega1: 1, height: 128 }, softWing({ omega1: 1, height: 128 })],
  [{ kind: 'adaptiveWing', sigma: 1.5, foreground: 5 }, adaptiveWing({ sigma: 1.5, foreground: 5 })],
  [{ kind: 'star', restriction: 2 }, star({ restriction: 2 })],
  [{ kind: 'axisDivergence', sigma: 2 }, axisDivergence({ sigma: 2 })],
])('%j is the loss of that name with these options', (settings, loss) => {
  const prediction = tf.tensor2d([[0.1, 0.2, 0.35, 0.4]])
  const truth = { target: tf.tensor2d([[0.12, 0.2, 0.3, 0.5]]), labelled: tf.ones([1, 4]) as tf.Tensor2D, aspect: 1.5 }
  const decoded = {
    points: prediction,
    maps: tf
      .softmax(tf.randomNormal([1, 2, 64], 0, 1, 'float32', 1))
      .transpose([0, 2, 1])
      .reshape([1, 8, 8, 2]) as tf.Tensor4D,
    axes: { x: tf.softmax(tf.ones([1, 2, 16])) as tf.Tensor3D, y: tf.softmax(tf.ones([1, 2, 16])) as tf.Tensor3D },
  }
  const value = (of: Loss) => lossValue(of, decoded, truth).dataSync()[0]
  expect(value(namedLoss(lossSchema.parse(settings)))).toBe(value(loss))
  expect(namedLoss(loss)).toBe(loss)
})
