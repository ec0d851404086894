import { getInnerLayers, getInnermostLayers } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { getVariable } from './get-variable.ts'
import type { TrainedWeights } from './param-groups.ts'

/** Number of each layer's weights that are statistics, which are never trained. */
const STATISTICS = 2

type Callable = { call: (inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>) => tf.Tensor | tf.Tensor[] }

/**
 * Lets frozen batch normalization use its statistics and keep them, as Keras does: that of a group whose factor is 0, of a layer or
 * nested model that is not trainable, and whose scale and shift are not trained. TensorFlow.js itself normalizes a frozen layer by its
 * batch, and lets the batch move its statistics.
 *
 * @returns a function that restores the layers
 */
export function frozenBatchNorm(model: tfl.LayersModel, { variables, frozenLayers }: TrainedWeights): () => void {
  const trained = new Set(variables)
  const untrainable = new Set(getUntrainableLayers(model))
  const isFrozen = (layer: tfl.layers.Layer): boolean =>
    frozenLayers.has(layer) ||
    untrainable.has(layer) ||
    (layer.weights.length > STATISTICS && !layer.weights.some((weight) => trained.has(getVariable(weight))))
  const frozen = getInnermostLayers(model).filter(
    (layer) => layer.getClassName() === 'BatchNormalization' && isFrozen(layer),
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

/** Gives the layers that are not trainable, and those within layers and models that are not. */
function getUntrainableLayers(layer: tfl.layers.Layer): tfl.layers.Layer[] {
  return layer.trainable ? getInnerLayers(layer).flatMap(getUntrainableLayers) : getInnermostLayers(layer)
}
