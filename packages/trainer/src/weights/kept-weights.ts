import * as tf from '@tensorflow/tfjs'

/** A copy of weights as they once were. */
export interface KeptWeights {
  /** The copy, in the order of the weights. */
  readonly variables: readonly tf.Variable[]
  /** Copies the weights as they are now. */
  readonly take: () => void
  /** Gives the copy to other weights of the same order. */
  readonly giveTo: (targets: readonly tf.Variable[]) => void
  readonly dispose: () => void
}

export function keptWeights(weights: readonly tf.Variable[]): KeptWeights {
  const variables = weights.map((weight) => tf.tidy(() => tf.variable(weight.clone(), false)))
  const assignAll = (targets: readonly tf.Variable[], values: readonly tf.Variable[]): void => {
    for (const [i, target] of targets.entries()) target.assign(values[i] as tf.Variable)
  }
  return {
    variables,
    take: () => assignAll(variables, weights),
    giveTo: (targets) => assignAll(targets, variables),
    dispose: () => tf.dispose([...variables]),
  }
}
