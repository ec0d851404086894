import type * as tf from '@tensorflow/tfjs'
import { variableOf } from '../weights/get-variable.ts'
import type { Checkpoint } from './checkpoint.ts'
import { assignStored } from './stored-tensors.ts'

/**
 * Gives a model the weights of a checkpoint, or of what `trainInThread` gives: the averaged ones where the training averaged them. Throws
 * `CHECKPOINT_MISMATCH`, and changes nothing, where they are of another model.
 *
 * @example
 * ```ts
 * const best = await store.best()
 * if (best) restoreWeights(model, best)
 * ```
 */
export function restoreWeights(model: tf.LayersModel, { tensors }: Pick<Checkpoint, 'tensors'>): void {
  const kind = tensors.has('average/0') ? 'average' : 'weights'
  const variables = model.weights.map((weight, i): [string, tf.Variable] => [`${kind}/${i}`, variableOf(weight)])
  const stored = [...tensors].filter(([name]) => name.startsWith(`${kind}/`))
  assignStored(new Map(variables), new Map(stored))
}
