import type { Random } from '@facekp/core'
import { getInnermostLayers } from '@facekp/tfjs-utils'
import type * as tfl from '@tensorflow/tfjs-layers'

/** A dropout layer, whose seed tf.layers keeps private. */
interface SeededLayer {
  seed: number | undefined
}

/**
 * Runs a forward pass whose layers draw from a stream: dropout and noise, also those within recurrent layers and wrappers, and layers of
 * the user. TensorFlow.js has no seed for them; it begins the numbers of each tensor with one of `Math.random`, in whose place the
 * stream is until the pass ends.
 */
export function withLayerRandom<Result>(random: Random, compute: () => Result): Result {
  const { random: mathRandom } = Math
  Math.random = () => random.uniform()
  try {
    return compute()
  } finally {
    Math.random = mathRandom
  }
}

/**
 * Removes the seeds that dropout layers of a model have: with its own seed a layer drops the same in every step.
 *
 * @returns a function that restores the seeds
 */
export function clearLayerSeeds(model: tfl.LayersModel): () => void {
  const layers = getInnermostLayers(model).filter((layer) => 'seed' in layer) as unknown as SeededLayer[]
  const seeds = layers.map((layer) => layer.seed)
  for (const layer of layers) layer.seed = undefined
  return () => {
    for (const [i, layer] of layers.entries()) layer.seed = seeds[i]
  }
}
