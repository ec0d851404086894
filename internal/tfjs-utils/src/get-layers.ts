import type * as tfl from '@tensorflow/tfjs-layers'

type Layer = tfl.layers.Layer

/** Gives all layers of a model, those of nested models in place of the models. */
export function getLayers(model: tfl.LayersModel): Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? getLayers(layer as unknown as tfl.LayersModel) : [layer]))
}

/** Gives the layers that a layer applies: those of a model, the one of `TimeDistributed`; none of other layers. */
export function getInnerLayers(layer: Layer): readonly Layer[] {
  if ('layers' in layer) return (layer as unknown as tfl.LayersModel).layers
  return layer.getClassName() === 'TimeDistributed' ? [(layer as unknown as { readonly layer: Layer }).layer] : []
}

/** Gives the layers that compute: in place of a model and of `TimeDistributed`, those that they apply. */
export function getInnermostLayers(layer: Layer): Layer[] {
  const inner = getInnerLayers(layer)
  return inner.length === 0 ? [layer] : inner.flatMap(getInnermostLayers)
}
