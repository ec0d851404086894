import type * as tf from '@tensorflow/tfjs'

/** tf.layers keeps a weight's variable to itself; gradients, averages and checkpoints are of variables. */
export function variableOf(weight: tf.LayersModel['weights'][number]): tf.Variable {
  return (weight as unknown as { readonly val: tf.Variable }).val
}
