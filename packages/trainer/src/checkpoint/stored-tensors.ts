import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import type { StoredTensor } from './checkpoint.ts'

/** The numbers of variables, as they are now; they may change with the next step. */
export async function readVariables(
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const read = [...variables].map(async ([name, variable]): Promise<[string, StoredTensor]> => {
    return [name, { shape: variable.shape, data: (await variable.data()) as Float32Array | Int32Array }]
  })
  return new Map(await Promise.all(read))
}

/**
 * Gives variables the numbers that were stored under their names. Throws `CHECKPOINT_MISMATCH`, before anything is changed, where
 * one was not stored, has another shape, or was stored and is not there.
 */
export function assignStored(
  variables: ReadonlyMap<string, tf.Variable>,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  for (const name of new Set([...variables.keys(), ...stored.keys()])) {
    const [wanted, found] = [variables.get(name)?.shape, stored.get(name)?.shape]
    if (wanted && found && tf.util.arraysEqual([...found], wanted)) continue
    throw new FacekpError({
      code: 'CHECKPOINT_MISMATCH',
      problem: `the checkpoint is of another model: ${name} does not fit`,
      received: found ? `shape ${JSON.stringify(found)}` : 'none',
      expected: wanted ? `shape ${JSON.stringify(wanted)}` : 'none',
    })
  }
  for (const [name, variable] of variables) {
    const { shape, data } = stored.get(name) as StoredTensor
    const tensor = tf.tensor(data, [...shape], variable.dtype as 'float32' | 'int32')
    variable.assign(tensor)
    tensor.dispose()
  }
}
