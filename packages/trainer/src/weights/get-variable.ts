import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Returns the variable of a layer's weight, which tf.layers keeps private. */
export function getVariable(weight: tfl.LayersModel['weights'][number]): tf.Variable {
  return (weight as unknown as { readonly val: tf.Variable }).val
}
