import * as tf from '@tensorflow/tfjs-core'

/** Mean and variance of a batch, per channel. */
export interface BatchMoments {
  readonly mean: tf.Tensor1D
  /** Biased: the mean squared deviation. */
  readonly variance: tf.Tensor1D
}

/**
 * Normalizes a batch by its own mean and variance per channel (the last axis), with the gradient by x in closed form:
 *
 *     dx = r (dy - sum(dy) / n - (x - mean) s² sum(dy (x - mean)) / n),   s = 1 / sqrt(variance + epsilon), r = s scale
 *
 * The layer of TensorFlow.js differentiates through mean and variance instead, which takes more passes over x.
 *
 * @returns the normalized batch, and its moments, which have no gradient; the caller disposes them
 *
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
export function normalizeByBatch(
  x: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
): { readonly normalized: tf.Tensor } & BatchMoments {
  const axes = x.shape.slice(1).map((_, i) => i)
  const samples = x.size / (x.shape.at(-1) as number)
  let moments: BatchMoments | undefined
  const normalize = tf.customGrad((...args) => {
    const [input, factor, shift, save] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc]
    const mean = tf.keep(tf.mean<tf.Tensor1D>(input, axes))
    const variance = tf.keep(tf.mean<tf.Tensor1D>(tf.square(tf.sub(input, mean)), axes))
    moments = { mean, variance }
    save([input, factor, mean, variance])
    return {
      value: tf.batchNorm(input, mean, variance, shift, factor, epsilon),
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const [x, scale, mean, variance] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
        const s = tf.rsqrt(tf.add(variance, epsilon))
        const r = tf.mul(s, scale)
        const offsetGradient = tf.sum(dy, axes)
        const centered = tf.sub<tf.Tensor4D>(x, mean)
        const scaleGradient = tf.mul(s, tf.sum(tf.mul(dy, centered), axes))
        const part = tf.mul(r, -1 / samples)
        // Takes the centered values: a backend that keeps them from the forward pass need not keep x too.
        const throughMoments = tf.batchNorm(
          centered,
          tf.zerosLike(mean),
          variance,
          tf.mul<tf.Tensor1D>(part, offsetGradient),
          tf.mul<tf.Tensor1D>(part, scaleGradient),
          epsilon,
        )
        return [tf.add(tf.mul(dy, r), throughMoments), scaleGradient, offsetGradient]
      },
    }
  })
  const normalized = normalize(x, scale, offset)
  return { normalized, ...(moments as BatchMoments) }
}
