import type * as tf from '@tensorflow/tfjs-core'
import type * as z from 'zod/mini'

/** Updates variables from their gradients. */
export interface Optimizer {
  /** Steps done; a resumed training sets it. */
  steps: number
  /**
   * Updates `variables[i]` by `gradients[i]`, which remain the caller's to dispose of.
   *
   * @param learningRate one for all variables, or one for each
   */
  apply(
    variables: readonly tf.Variable[],
    gradients: readonly tf.Tensor[],
    learningRate: number | readonly number[],
  ): void
  /** Returns the slots of a variable by name, such as its moments; zeros before the first step. */
  getState(variable: tf.Variable): Readonly<Record<string, tf.Variable>>
  dispose(): void
}

/** An optimizer that settings can name, such as `{ kind: 'sgd', momentum: 0.9 }`. */
export interface OptimizerDefinition<Settings extends { readonly kind: string }> {
  readonly kind: Settings['kind']
  readonly schema: z.ZodMiniType<Settings>
  readonly create: (settings: Settings) => Optimizer
}

/** Returns the learning rate of the i-th variable. */
export function variableLearningRate(learningRate: number | readonly number[], i: number): number {
  return typeof learningRate === 'number' ? learningRate : (learningRate[i] as number)
}
