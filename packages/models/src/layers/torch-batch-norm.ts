import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { normalizeByBatch } from './normalize-by-batch.ts'

const EPSILON = 1e-5
const MOMENTUM = 0.9

/**
 * Creates a batch normalization with PyTorch's numerics.
 *
 * Epsilon is 1e-5, momentum 0.1 in PyTorch's terms, and the running variance is unbiased: n / (n - 1) times the batch's. A frozen layer
 * (`trainable = false`) normalizes by its running statistics, also in training, and does not change them.
 *
 * It is saved as TensorFlow.js' own layer: a saved model needs nothing of this package and predicts the same. If a loaded model is
 * trained further, its running variance is the biased one.
 *
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 2.
 */
export function torchBatchNorm(name: string): tfl.layers.Layer {
  const layer = tfl.layers.batchNormalization({ name, epsilon: EPSILON, momentum: MOMENTUM })
  const call = layer.call.bind(layer)
  layer.call = (inputs, kwargs) => {
    if (!kwargs['training']) return call(inputs, kwargs)
    if (!layer.trainable) return call(inputs, { ...kwargs, training: false })
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor]
      const [scale, offset, runningMean, runningVariance] = layer.weights as [Weight, Weight, Weight, Weight]
      const { normalized, mean, variance } = normalizeByBatch(x, scale.read(), offset.read(), EPSILON)
      const samples = x.size / (x.shape.at(-1) as number)
      updateRunning(runningMean, mean, 1)
      updateRunning(runningVariance, variance, samples > 1 ? samples / (samples - 1) : 1)
      tf.dispose([mean, variance])
      return normalized
    })
  }
  return layer
}

type Weight = tfl.layers.Layer['weights'][number]

/** Moves a running statistic toward that of the batch, times a factor. */
function updateRunning(running: Weight, batchStatistic: tf.Tensor, factor: number): void {
  running.write(tf.add(tf.mul(running.read(), MOMENTUM), tf.mul(batchStatistic, (1 - MOMENTUM) * factor)))
}
