import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { modelVariables, NAME_NUMBER } from '../weights/model-variables.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { CheckpointState } from './checkpoint-state.ts'
import { assignStored } from './stored-tensors.ts'

const RESTORE_WEIGHTS_CHECKPOINT = objectKind({ tensors: KINDS.map })

/**
 * Sets a model's weights to those of a checkpoint, or of a result of `trainInThread`: the averages if the training has them. They are
 * found by their names, whichever layers are frozen; if the names are those of another model, by their order.
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
export function restoreWeights(
  model: tfl.LayersModel,
  checkpoint: Pick<Checkpoint, 'tensors'> & { readonly state?: Pick<CheckpointState, 'weights'> },
): void {
  checkArgument(KINDS.model, model, 'model', 'restoreWeights')
  checkArgument(RESTORE_WEIGHTS_CHECKPOINT, checkpoint, 'checkpoint', 'restoreWeights')
  const { tensors, state } = checkpoint
  const prefix = tensors.has('average/0') ? 'average' : 'weights'
  const numbers = findNumbers(model, state?.weights ?? [])
  const variables = modelVariables(model).map((variable, i): [string, tf.Variable] => [
    `${prefix}/${numbers[i]}`,
    variable,
  ])
  const stored = [...tensors].filter(([name]) => name.startsWith(`${prefix}/`))
  assignStored(new Map(variables), new Map(stored))
}

/**
 * Gives the number that each weight of a model has in a checkpoint: by its name, since the weights of frozen layers stand last in
 * `model.weights`; its own number if the names are those of another model.
 */
function findNumbers({ weights }: tfl.LayersModel, names: readonly string[]): number[] {
  const byName = new Map(names.map((name, number) => [name.replace(NAME_NUMBER, ''), number]))
  const numbers = new Set(weights.map(({ originalName }) => byName.get(originalName)))
  const isSameModel = byName.size === weights.length && numbers.size === weights.length && !numbers.has(undefined)
  return isSameModel ? ([...numbers] as number[]) : weights.map((_, number) => number)
}
