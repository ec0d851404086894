import type * as tf from '@tensorflow/tfjs'
import { variableOf } from './variable-of.ts'

/** What a forward pass changes by itself, as it was. */
export interface Statistics {
  readonly restore: () => void
  readonly dispose: () => void
}

/** Remembers the weights of a model that are not trained, batch-norm statistics among them, at no cost: their numbers are shared. */
export function statisticsOf(model: tf.LayersModel): Statistics {
  const variables = model.nonTrainableWeights.map(variableOf)
  const before = variables.map((variable) => variable.clone())
  return {
    restore() {
      for (const [i, variable] of variables.entries()) variable.assign(before[i] as tf.Tensor)
    },
    dispose() {
      for (const tensor of before) tensor.dispose()
    },
  }
}
