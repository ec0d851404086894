import type * as tf from '@tensorflow/tfjs'

/** Returns the variable of a layer's weight, which tf.layers keeps private. */
export function getVariable(weight: tf.LayersModel['weights'][number]): tf.Variable {
  return (weight as unknown as { readonly val: tf.Variable }).val
}
