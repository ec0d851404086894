import type * as tf from '@tensorflow/tfjs'

/**
 * Whether weight decay applies to a variable: to kernels, but not to what exists once a channel (biases, scale and shift of normalization,
 * the alpha of PReLU).
 */
export function appliesWeightDecay({ rank, name }: Pick<tf.Variable, 'rank' | 'name'>): boolean {
  return rank > 1 && !/\/alpha(_\d+)?$/.test(name)
}
