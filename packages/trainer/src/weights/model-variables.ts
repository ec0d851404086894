import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { getVariable } from './get-variable.ts'

/** Returns the variables of all weights of a model, in the order of `model.weights`. */
export function modelVariables(model: tfl.LayersModel): tf.Variable[] {
  return model.weights.map(getVariable)
}

/** The number that TensorFlow.js appends to the name of a variable if another model of the program has the name. */
export const NAME_NUMBER: RegExp = /_\d+$/
