import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'

/**
 * The maps that some layers of a model make, as a model of several outputs in the order of the names. Weights are shared with it.
 *
 * Throws `MODEL_LAYER` naming a layer that it does not have.
 *
 * @example
 * ```ts
 * const [fine, coarse] = featureModel(model, ['layer2.1.relu', 'layer4.1.relu']).predict(images) as tf.Tensor[]
 * ```
 */
export function featureModel(model: tf.LayersModel, layers: readonly string[]): tf.LayersModel {
  const outputs = layers.map((name) => {
    const layer = model.layers.find((one) => one.name === name)
    if (layer) return layer.output as tf.SymbolicTensor
    throw new FacekpError({
      code: 'MODEL_LAYER',
      problem: 'the model has no such layer',
      received: name,
      expected: `one of ${model.layers.map((one) => one.name).join(', ')}`,
    })
  })
  return tf.model({ name: `${model.name}_features`, inputs: model.inputs, outputs })
}
