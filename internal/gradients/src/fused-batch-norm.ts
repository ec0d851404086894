import * as tf from '@tensorflow/tfjs-core'

/**
 * Computes the gradient of batch normalization by all five of its inputs.
 *
 * With y = (x - mean) s scale + offset and s = 1 / sqrt(variance + epsilon), each input is a variable of its own: if mean and
 * variance are those of x, their own gradients continue to x.
 *
 *     dx = dy s scale            dmean = -s scale sum(dy)      dvariance = -1/2 s³ scale sum(dy (x - mean))
 *     dscale = s sum(dy (x - mean))                            doffset = sum(dy)
 *
 * sum(dy) and sum(dy (x - mean)) = sum(dy x) - mean sum(dy) over all but the channels are computed once. TensorFlow.js
 * multiplies three tensors of x's size for each of the five, and tiles the statistics to x's size first.
 *
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
export const fusedBatchNormGradient: tf.GradConfig = {
  kernelName: 'FusedBatchNorm',
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc(dyValue, saved, attrs) {
    const dy = dyValue as tf.Tensor
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
    const { varianceEpsilon } = attrs as unknown as { readonly varianceEpsilon: number }
    const s = tf.rsqrt(tf.add(variance, varianceEpsilon))
    const reduced = (values: tf.Tensor): tf.Tensor => {
      const extra = values.rank - mean.rank
      const axes = values.shape.flatMap((side, axis) =>
        axis < extra || (mean.shape[axis - extra] === 1 && side !== 1) ? [axis] : [],
      )
      return tf.reshape(tf.sum(values, axes), mean.shape)
    }
    // Computed here, not by the functions below: each of those runs in a scope of its own.
    const sumDy = tf.tidy(() => reduced(dy))
    const sumDyCentered = tf.tidy(() => reduced(tf.mul(dy, tf.sub(x, mean))))
    return {
      x: () => tf.mul(dy, tf.mul(s, scale)),
      mean: () => tf.neg(tf.mul(tf.mul(s, scale), sumDy)),
      variance: () => tf.mul(tf.mul(tf.pow(s, 3), tf.mul(scale, -0.5)), sumDyCentered),
      scale: () => tf.mul(s, sumDyCentered),
      offset: () => sumDy.clone(),
    }
  },
}
