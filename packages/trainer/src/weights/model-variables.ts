import type * as tf from '@tensorflow/tfjs'
import { getVariable } from './get-variable.ts'

/** Returns the variables of all weights of a model, in the order of `model.weights`. */
export function modelVariables(model: tf.LayersModel): tf.Variable[] {
  return model.weights.map(getVariable)
}
