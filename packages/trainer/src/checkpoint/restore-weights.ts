import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { modelVariables } from '../weights/model-variables.ts'
import type { Checkpoint } from './checkpoint.ts'
import { assignStored } from './stored-tensors.ts'

const RESTORE_WEIGHTS_CHECKPOINT = objectKind({ tensors: KINDS.map })

/**
 * Sets a model's weights to those of a checkpoint, or of a result of `trainInThread`: the averages if the training has them.
 *
 * @throws `CHECKPOINT_MISMATCH`, before anything changes, if they are of another model
 *
 * @example
 * ```ts
 * import { type CheckpointStore, restoreWeights } from '@facekp/trainer'
 * import type { LayersModel } from '@tensorflow/tfjs'
 *
 * export async function restoreBest(model: LayersModel, store: CheckpointStore) {
 *   const best = await store.best()
 *   if (best) restoreWeights(model, best)
 * }
 * ```
 */
export function restoreWeights(model: tfl.LayersModel, checkpoint: Pick<Checkpoint, 'tensors'>): void {
  checkArgument(KINDS.model, model, 'model', 'restoreWeights')
  checkArgument(RESTORE_WEIGHTS_CHECKPOINT, checkpoint, 'checkpoint', 'restoreWeights')
  const { tensors } = checkpoint
  const prefix = tensors.has('average/0') ? 'average' : 'weights'
  const variables = modelVariables(model).map((variable, i): [string, tf.Variable] => [`${prefix}/${i}`, variable])
  const stored = [...tensors].filter(([name]) => name.startsWith(`${prefix}/`))
  assignStored(new Map(variables), new Map(stored))
}
