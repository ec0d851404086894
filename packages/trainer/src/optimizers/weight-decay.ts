import type * as tf from '@tensorflow/tfjs'

/**
 * Whether weight decay applies to a variable: to kernels, not to what is there once a channel (biases, the scale and shift of
 * normalization, PReLU's slopes), which decay would only keep from fitting.
 */
export function decays({ rank, name }: Pick<tf.Variable, 'rank' | 'name'>): boolean {
  return rank > 1 && !/\/alpha(_\d+)?$/.test(name)
}
