import * as tf from '@tensorflow/tfjs'
import { normalizedByBatch } from './batch-norm-training.ts'

const EPSILON = 1e-5
const MOMENTUM = 0.9

/**
 * Batch normalization in PyTorch's numerics: epsilon 1e-5, running statistics that move by a tenth, and a running variance that is
 * the batch's unbiased one, n / (n - 1) of what the batch itself is normalized by. A frozen one (`trainable = false`) normalizes by
 * its running statistics, also in training, and leaves them alone.
 *
 * It is TensorFlow.js' own layer, and is saved as that: a saved model needs nothing of this package, and predicts the same. Trained
 * on, a loaded one has the biased variance.
 *
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 2.
 */
export function torchBatchNorm(name: string): tf.layers.Layer {
  const layer = tf.layers.batchNormalization({ name, epsilon: EPSILON, momentum: MOMENTUM })
  const call = layer.call.bind(layer)
  layer.call = (inputs, kwargs) => {
    if (!kwargs['training']) return call(inputs, kwargs)
    if (!layer.trainable) return call(inputs, { ...kwargs, training: false })
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor]
      const [scale, offset, runningMean, runningVariance] = layer.weights as [Weight, Weight, Weight, Weight]
      const { normalized, mean, variance } = normalizedByBatch(x, scale.read(), offset.read(), EPSILON)
      const samples = x.size / (x.shape.at(-1) as number)
      moveToward(runningMean, mean, 1)
      moveToward(runningVariance, variance, samples > 1 ? samples / (samples - 1) : 1)
      tf.dispose([mean, variance])
      return normalized
    })
  }
  return layer
}

type Weight = tf.layers.Layer['weights'][number]

/** A running statistic, by what it moves of the batch's own. */
function moveToward(running: Weight, ofBatch: tf.Tensor, factor: number): void {
  running.write(tf.add(tf.mul(running.read(), MOMENTUM), tf.mul(ofBatch, (1 - MOMENTUM) * factor)))
}
