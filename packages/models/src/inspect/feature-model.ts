import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tfl from '@tensorflow/tfjs-layers'
import { copyMetadata } from '../preprocessing.ts'

/**
 * Makes a model whose outputs are those of some layers, in the order of the names. It shares the weights and keeps the metadata.
 *
 * @throws FacekpError `MODEL_LAYER` naming a layer that the model does not have
 * @example
 * ```ts
 * const [fine, coarse] = featureModel(model, ['layer2.1.relu', 'layer4.1.relu']).predict(images) as tf.Tensor[]
 * ```
 */
export function featureModel(model: tfl.LayersModel, layers: readonly string[]): tfl.LayersModel {
  checkArgument(KINDS.model, model, 'model', 'featureModel')
  checkArgument(KINDS.strings, layers, 'layers', 'featureModel')
  const outputs = layers.map((name) => {
    const layer = model.layers.find((candidate) => candidate.name === name)
    if (!layer) throw layerError(model, name)
    return layer.output as tfl.SymbolicTensor
  })
  return copyMetadata(model, tfl.model({ name: `${model.name}_features`, inputs: model.inputs, outputs }))
}

function layerError(model: tfl.LayersModel, name: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_LAYER',
    problem: `model ${model.name} has no layer of this name`,
    expected: `one of ${model.layers.map((layer) => layer.name).join(', ')}`,
    received: name,
  })
}
