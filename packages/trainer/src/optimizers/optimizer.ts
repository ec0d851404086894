import type * as tf from '@tensorflow/tfjs'

/** A step for each variable from its gradient. */
export interface Optimizer {
  /** Steps done. Set where a training is resumed. */
  steps: number
  /**
   * Moves `variables[i]` by `gradients[i]`, which stay the caller's to dispose of.
   *
   * @param learningRate of all, or of each variable
   */
  apply(
    variables: readonly tf.Variable[],
    gradients: readonly tf.Tensor[],
    learningRate: number | readonly number[],
  ): void
  /** What it remembers of a variable beside `steps`, by name; made of zeros where there was no step yet. */
  getState(variable: tf.Variable): Readonly<Record<string, tf.Variable>>
  dispose(): void
}

/** The rate of the i-th variable. */
export function rateOf(learningRate: number | readonly number[], i: number): number {
  return typeof learningRate === 'number' ? learningRate : (learningRate[i] as number)
}
