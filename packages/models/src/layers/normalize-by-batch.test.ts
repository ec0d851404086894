import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { normalizeByBatch } from './normalize-by-batch.ts'
import { torchBatchNorm } from './torch-batch-norm.ts'

beforeAll(() => tf.setBackend('cpu'))

const EPSILON = 1e-5

test.each([[[3, 4, 5, 2]], [[6, 3]]])(
  'normalizes %j, with the gradients of moments followed by batch normalization',
  (shape) => {
    const channels = shape.at(-1) as number
    const inputs = [
      tf.randomNormal(shape, 2, 3, 'float32', 1),
      tf.randomNormal([channels], 1, 0.5, 'float32', 2),
      tf.randomNormal([channels], 0, 1, 'float32', 3),
    ]
    const outputGradient = tf.randomNormal(shape, 0, 1, 'float32', 4)
    const before = tf.memory().numTensors
    const results = tf.tidy(() => {
      const axes = shape.slice(1).map((_, i) => i)
      const byMoments = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
        const { mean, variance } = tf.moments(x, axes)
        return tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as never,
          scale as never,
          EPSILON,
        )
      }
      const inOnePass = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
        const { normalized, mean, variance } = normalizeByBatch(x, scale, offset, EPSILON)
        tf.dispose([mean, variance])
        return normalized
      }
      return [byMoments, inOnePass].map((normalize) => {
        const { value, grads } = tf.valueAndGrads((...xs) => normalize(...(xs as [tf.Tensor, tf.Tensor, tf.Tensor])))(
          inputs,
          outputGradient,
        )
        return [value, ...grads].map((tensor) => [...tensor.dataSync()])
      })
    })
    expect(tf.memory().numTensors).toBe(before)
    const [expected, actual] = results as [number[][], number[][]]
    for (const [i, numbers] of expected.entries()) {
      expect(actual[i]).toHaveLength(numbers.length)
      for (const [j, number] of numbers.entries()) expect(actual[i]?.[j]).toBeCloseTo(number, 4)
    }
  },
)

// The statistics are 0 and 1 at first; the batch's mean is 3, its unbiased variance 7.
test('updates the running statistics by a tenth of the mean and of the unbiased variance', () => {
  const layer = torchBatchNorm('norm')
  const x = tf.tensor2d([1, 2, 6], [3, 1])
  layer.apply(x, { training: true })
  const [, , mean, variance] = layer.getWeights().map((weight) => weight.dataSync()[0] as number)
  expect(mean).toBeCloseTo(0.3, 6)
  expect(variance).toBeCloseTo(0.9 + 0.1 * 7, 6)
})
