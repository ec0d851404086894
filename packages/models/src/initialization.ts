import * as tf from '@tensorflow/tfjs'

/**
 * How weights begin. `torch`: as PyTorch's layers do by default, weights and biases uniform in ±1 / sqrt(fan-in). `he`: weights
 * normal with standard deviation sqrt(2 / fan-in), biases 0, which keeps the strength of a signal through layers with ReLU
 * (He et al. 2015, arXiv:1502.01852); the last layer normal with 0.01 and biased to 0.5, so that every point begins in the
 * picture's middle.
 */
export type Initialization = 'torch' | 'he'

export interface LayerInitializers {
  readonly kernelInitializer: ReturnType<typeof tf.initializers.zeros>
  readonly biasInitializer: ReturnType<typeof tf.initializers.zeros>
}

/**
 * A function that gives the initializers of a network's layers, to be called once for each in their order. Weights of the
 * same seed are the same on every backend.
 */
export function layerInitializers(
  initialization: Initialization,
  seed: number,
): (layer: { readonly fanIn: number; readonly last?: boolean }) => LayerInitializers {
  let drawn = 0
  const nextSeed = (): number => seed * 100 + drawn++
  return ({ fanIn, last = false }) => {
    if (initialization === 'he') {
      const stddev = last ? 0.01 : Math.sqrt(2 / fanIn)
      return {
        kernelInitializer: normalInitializer(stddev, nextSeed()),
        biasInitializer: last ? tf.initializers.constant({ value: 0.5 }) : tf.initializers.zeros(),
      }
    }
    const limit = 1 / Math.sqrt(fanIn)
    const uniform = () => tf.initializers.randomUniform({ minval: -limit, maxval: limit, seed: nextSeed() })
    return { kernelInitializer: uniform(), biasInitializer: uniform() }
  }
}

/** Takes the place of seed 0: an integer of 32 bits, as files of models hold them, that no small seed comes to. */
const SEED_FOR_ZERO = 2 ** 31 - 1

/** Weights normal about 0. TensorFlow.js takes a seed of 0 as none where it draws normal numbers, not where it draws uniform ones. */
export function normalInitializer(stddev: number, seed: number): LayerInitializers['kernelInitializer'] {
  return tf.initializers.randomNormal({ mean: 0, stddev, seed: seed || SEED_FOR_ZERO })
}
