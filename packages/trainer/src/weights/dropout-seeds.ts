import { randomStream } from '@facekp/core'
import { getLayers } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'

/** tf.layers keeps the seed to itself. */
type Seeded = { seed: number | undefined }

/** The dropout layers of a model during a training. */
export interface DropoutSeeds {
  /** Draws anew what the next forward pass drops: the same for the same seed and pass, the first being 0. */
  readonly draw: (pass: number) => void
  /** Gives the layers back the seeds that they came with. */
  readonly restore: () => void
}

/**
 * Lets a model's dropout follow from the run's seed. By itself TensorFlow.js drops what no seed decides; with a layer's own seed
 * it drops the same in every step.
 */
export function dropoutSeeds(model: tf.LayersModel, seed: number): DropoutSeeds {
  const layers = getLayers(model).filter((layer) => layer.getClassName() === 'Dropout') as unknown as Seeded[]
  const own = layers.map((layer) => layer.seed)
  return {
    draw(pass) {
      // Of 0 TensorFlow.js says that it is no seed.
      for (const [index, layer] of layers.entries())
        layer.seed = randomStream({ seed, purpose: 'dropout', epoch: pass, index }).integer(1, 2 ** 31 - 1)
    },
    restore() {
      for (const [i, layer] of layers.entries()) layer.seed = own[i]
    },
  }
}
