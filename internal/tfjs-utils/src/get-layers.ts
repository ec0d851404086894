import type * as tf from '@tensorflow/tfjs'

/** Gives all layers of a model, those of nested models in place of the models. */
export function getLayers(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? getLayers(layer as unknown as tf.LayersModel) : [layer]))
}
