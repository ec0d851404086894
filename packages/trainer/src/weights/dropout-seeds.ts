import { randomStream } from '@facekp/core'
import { getLayers } from '@facekp/tfjs-utils'
import type * as tfl from '@tensorflow/tfjs-layers'

/** A dropout layer, whose seed tf.layers keeps private. */
type SeededLayer = { seed: number | undefined }

/** Seeds of a model's dropout layers during a training. */
export interface DropoutSeeds {
  /** Sets the seeds of a forward pass, the first being 0: the same for the same seed and pass. */
  readonly draw: (pass: number) => void
  /** Restores the layers' own seeds. */
  readonly restore: () => void
}

/**
 * Derives a model's dropout from the seed of the training. TensorFlow.js has no seed for dropout by default, and with a layer's own
 * seed it drops the same in every step.
 */
export function seedDropout(model: tfl.LayersModel, seed: number): DropoutSeeds {
  const layers = getLayers(model).filter((layer) => layer.getClassName() === 'Dropout') as unknown as SeededLayer[]
  const layerSeeds = layers.map((layer) => layer.seed)
  return {
    draw(pass) {
      // TensorFlow.js takes seed 0 for no seed.
      for (const [index, layer] of layers.entries())
        layer.seed = randomStream({ seed, purpose: 'dropout', epoch: pass, index }).integer(1, 2 ** 31 - 1)
    },
    restore() {
      for (const [i, layer] of layers.entries()) layer.seed = layerSeeds[i]
    },
  }
}
