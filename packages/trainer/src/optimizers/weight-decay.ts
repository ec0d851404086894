import type * as tf from '@tensorflow/tfjs-core'

/**
 * Tests whether weight decay applies to a variable: to kernels, but not to variables with one value per channel (biases,
 * scale and shift of normalization, the alpha of PReLU).
 */
export function appliesWeightDecay({ rank, name }: Pick<tf.Variable, 'rank' | 'name'>): boolean {
  return rank > 1 && !/\/alpha(_\d+)?$/.test(name)
}
