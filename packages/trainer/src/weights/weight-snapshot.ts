import type * as tf from '@tensorflow/tfjs'

/** Weights as they were. */
export interface Remembered {
  readonly restore: () => void
  readonly dispose: () => void
}

/** Remembers the weights as they are, at no cost: their numbers are shared until they change. */
export function remembered(weights: readonly tf.Variable[]): Remembered {
  const before = weights.map((weight) => weight.clone())
  return {
    restore() {
      for (const [i, weight] of weights.entries()) weight.assign(before[i] as tf.Tensor)
    },
    dispose() {
      for (const tensor of before) tensor.dispose()
    },
  }
}
