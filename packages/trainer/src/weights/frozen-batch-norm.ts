import { getLayers } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { getVariable } from './get-variable.ts'

/** Number of each layer's weights that are statistics, which are never trained. */
const STATISTICS = 2

type Callable = { call: (inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>) => tf.Tensor | tf.Tensor[] }

/**
 * Lets batch normalization whose scale and shift are not trained use its statistics and keep them, as Keras does. TensorFlow.js
 * itself normalizes a frozen layer by its batch, and lets the batch move its statistics.
 *
 * @param trained the variables that are trained
 * @returns a function that restores the layers
 */
export function frozenBatchNorm(model: tfl.LayersModel, trained: readonly tf.Variable[]): () => void {
  const learns = new Set(trained)
  const frozen = getLayers(model).filter(
    (layer) =>
      layer.getClassName() === 'BatchNormalization' &&
      (!layer.trainable ||
        (layer.weights.length > STATISTICS && !layer.weights.some((weight) => learns.has(getVariable(weight))))),
  ) as unknown as Callable[]
  // A layer of `@facekp/models` has a call of its own, with the numerics of PyTorch.
  const ownCalls = frozen.map((layer) => (Object.hasOwn(layer, 'call') ? layer.call : undefined))
  for (const layer of frozen) {
    const { call } = Object.getPrototypeOf(layer) as Callable
    layer.call = (inputs, kwargs) => call.call(layer, inputs, { ...kwargs, training: false })
  }
  return () => {
    for (const [i, layer] of frozen.entries()) {
      const ownCall = ownCalls[i]
      if (ownCall) layer.call = ownCall
      else Reflect.deleteProperty(layer, 'call')
    }
  }
}
