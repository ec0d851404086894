import * as tf from '@tensorflow/tfjs'

/** What a batch is normalized by, of each channel. */
export interface BatchMoments {
  readonly mean: tf.Tensor1D
  /** Biased: the mean of the squares. */
  readonly variance: tf.Tensor1D
}

/**
 * Normalizes a batch by its own mean and variance of each channel, the last axis. One step of the tape with the gradient by x as a whole,
 *
 *     dx = r (dy - sum(dy) / n - (x - mean) s² sum(dy (x - mean)) / n),   s = 1 / sqrt(variance + epsilon), r = s scale,
 *
 * where the layer of TensorFlow.js has the tape go back through mean and variance, each of which spreads its part over all of x.
 * Gives the moments too, which are not led back through.
 *
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
 */
export function normalizedByBatch(
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
        const ofOffset = tf.sum(dy, axes)
        const centered = tf.sub<tf.Tensor4D>(x, mean)
        const ofScale = tf.mul(s, tf.sum(tf.mul(dy, centered), axes))
        const part = tf.mul(r, -1 / samples)
        // Of what is centered already: a backend that keeps that from the way forth need not keep x as well.
        const throughMoments = tf.batchNorm(
          centered,
          tf.zerosLike(mean),
          variance,
          tf.mul<tf.Tensor1D>(part, ofOffset),
          tf.mul<tf.Tensor1D>(part, ofScale),
          epsilon,
        )
        return [tf.add(tf.mul(dy, r), throughMoments), ofScale, ofOffset]
      },
    }
  })
  const normalized = normalize(x, scale, offset)
  return { normalized, ...(moments as BatchMoments) }
}
