import type * as tfl from '@tensorflow/tfjs-layers'

/** Gives all layers of a model, those of nested models in place of the models. */
export function getLayers(model: tfl.LayersModel): tfl.layers.Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? getLayers(layer as unknown as tfl.LayersModel) : [layer]))
}
