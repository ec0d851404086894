import * as tf from '@tensorflow/tfjs'

const EPSILON = 1e-5
const MOMENTUM = 0.9

/**
 * Batch normalisation in PyTorch's numerics: epsilon 1e-5, running statistics that move by a tenth, and a running variance that is
 * the batch's unbiased one, n / (n - 1) of what the batch itself is normalised by. A frozen one (`trainable = false`) normalises by
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
      const variance = layer.weights[3] as NonNullable<(typeof layer.weights)[number]>
      const before = tf.mul(variance.read(), MOMENTUM)
      const output = call(inputs, kwargs)
      const samples = x.size / (x.shape.at(-1) as number)
      if (samples > 1) {
        const after = variance.read()
        variance.write(tf.add(after, tf.div(tf.sub(after, before), samples - 1)))
      }
      return output
    })
  }
  return layer
}
