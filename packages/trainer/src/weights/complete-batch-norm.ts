import { getInnermostLayers } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** What tf.layers reads scale and shift of batch normalization from, which it keeps private. */
interface Parameters {
  gamma?: { readonly read: () => tf.Tensor }
  beta?: { readonly read: () => tf.Tensor }
}

/**
 * Gives batch normalization without scale or shift the constants 1 and 0 in their place: TensorFlow.js needs both to compute gradients.
 *
 * @returns a function that removes the constants
 */
export function completeBatchNorm(model: tfl.LayersModel): () => void {
  const removals: (() => void)[] = []
  for (const layer of getInnermostLayers(model)) {
    const shape = layer.getClassName() === 'BatchNormalization' ? layer.weights[0]?.shape : undefined
    if (!shape) continue
    const parameters = layer as Parameters
    for (const [name, value] of [
      ['gamma', 1],
      ['beta', 0],
    ] as const) {
      if (parameters[name]) continue
      parameters[name] = { read: () => tf.fill(shape as number[], value) }
      removals.push(() => delete parameters[name])
    }
  }
  return () => {
    for (const remove of removals) remove()
  }
}
