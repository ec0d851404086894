import type * as tf from '@tensorflow/tfjs'

/** The layers of a model, those of models within it included. */
export function layersOf(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? layersOf(layer as unknown as tf.LayersModel) : [layer]))
}
