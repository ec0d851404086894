import { FacekpError } from '@facekp/core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { getVariable } from '../weights/get-variable.ts'

/**
 * Explains what TensorFlow.js throws if a model is disposed of too early.
 *
 * @param cause what was thrown in the meantime
 * @returns an error `MODEL_DISPOSED`; undefined if the model can be used
 */
export function explainDisposal(model: tfl.LayersModel, cause?: unknown): FacekpError | undefined {
  if (!model.weights.some((weight) => getVariable(weight).isDisposed)) return undefined
  return new FacekpError({
    code: 'MODEL_DISPOSED',
    problem: 'the model has been disposed of',
    expected: 'model.dispose() after the promises of all calls with the model have settled',
    ...(cause !== undefined && { cause }),
  })
}
