import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import type { StoredTensor } from './checkpoint.ts'

/** Reads the numbers of variables. They may change with the next step. */
export async function readVariables(
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const entries = [...variables].map(async ([name, variable]): Promise<[string, StoredTensor]> => {
    return [name, { shape: variable.shape, data: (await variable.data()) as Float32Array | Int32Array }]
  })
  return new Map(await Promise.all(entries))
}

/**
 * Assigns stored numbers to the variables of their names.
 *
 * @throws `CHECKPOINT_MISMATCH`, before anything changes, if names or shapes differ
 */
export function assignStored(
  variables: ReadonlyMap<string, tf.Variable>,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  for (const name of new Set([...variables.keys(), ...stored.keys()])) {
    const expected = variables.get(name)?.shape
    const received = stored.get(name)?.shape
    if (expected && received && tf.util.arraysEqual([...received], expected)) continue
    throw new FacekpError({
      code: 'CHECKPOINT_MISMATCH',
      problem: `the checkpoint belongs to another model: ${name} differs`,
      received: formatShape(received),
      expected: formatShape(expected),
    })
  }
  for (const [name, variable] of variables) {
    const { shape, data } = stored.get(name) as StoredTensor
    const tensor = tf.tensor(data, [...shape], variable.dtype as 'float32' | 'int32')
    variable.assign(tensor)
    tensor.dispose()
  }
}

function formatShape(shape: readonly number[] | undefined): string {
  return shape ? `shape ${JSON.stringify(shape)}` : 'none'
}
