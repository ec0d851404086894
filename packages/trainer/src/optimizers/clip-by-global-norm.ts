import * as tf from '@tensorflow/tfjs-core'

/**
 * Scales gradients down together if their global norm exceeds a limit.
 *
 * Each becomes g min(1, maxNorm / (norm + 1e-6)), as in PyTorch's `clip_grad_norm_`.
 *
 * @returns new tensors, and the norm before clipping
 *
 * Source: Pascanu et al. 2013, arXiv:1211.5063.
 */
export function clipByGlobalNorm(
  gradients: readonly tf.Tensor[],
  maxNorm: number,
): { readonly clipped: tf.Tensor[]; readonly norm: tf.Scalar } {
  return tf.tidy(() => {
    const norm = globalNorm(gradients)
    const factor = tf.minimum(tf.mul(tf.reciprocal(tf.add(norm, 1e-6)), maxNorm), 1)
    return { clipped: gradients.map((gradient) => tf.mul(gradient, factor)), norm }
  })
}

/** Computes the Euclidean norm of all gradients together. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient))))) as tf.Scalar)
}
