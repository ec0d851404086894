import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'

type AddWeight = (this: tfl.layers.Layer, name: string, shape: readonly number[], ...rest: unknown[]) => unknown

/**
 * Limits the weights that a model's layers create to as many numbers as its file has, so that a small file cannot take any amount of
 * memory before its weights turn out to be missing.
 *
 * TensorFlow.js builds the layers between reading `modelTopology` and `trainingConfig`, without giving control to others. In between,
 * the weights are counted.
 *
 * @returns artifacts for one load, and a function to call after it
 */
export function limitWeights(artifacts: tf.io.ModelArtifacts): {
  readonly limited: tf.io.ModelArtifacts
  release(): void
} {
  const layer = tfl.layers.Layer.prototype as unknown as { addWeight: AddWeight }
  const { addWeight } = layer
  let left = (artifacts.weightSpecs ?? []).reduce((sum, { shape }) => sum + countElements(shape), 0)
  const release = (): void => {
    if (layer.addWeight === countedAddWeight) layer.addWeight = addWeight
  }
  const countedAddWeight: AddWeight = function (name, shape, ...rest) {
    left -= countElements(shape)
    if (left >= 0) return addWeight.call(this, name, shape, ...rest)
    release()
    throw new Error(`weight ${name} of layer ${this.name} has more numbers than the file`)
  }
  const limited = Object.create(artifacts, {
    modelTopology: {
      get: () => {
        layer.addWeight = countedAddWeight
        return artifacts.modelTopology
      },
    },
    trainingConfig: {
      get: () => {
        release()
        return artifacts.trainingConfig
      },
    },
  }) as tf.io.ModelArtifacts
  return { limited, release }
}

function countElements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}
