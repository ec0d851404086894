import * as tfl from '@tensorflow/tfjs-layers'

/**
 * Initialization of weights.
 *
 * `torch`: the default of PyTorch's layers, weights and biases uniform in ±1 / sqrt(fan-in). `he`: weights normal with standard deviation
 * sqrt(2 / fan-in), biases 0 (He et al. 2015, arXiv:1502.01852); the last layer normal with 0.01 and bias 0.5, so that every point starts
 * in the middle of the image.
 */
export type Initialization = 'torch' | 'he'

export interface LayerInitializers {
  readonly kernelInitializer: ReturnType<typeof tfl.initializers.zeros>
  readonly biasInitializer: ReturnType<typeof tfl.initializers.zeros>
}

/**
 * Creates a function that makes the initializers of the next layer; call it once per layer, in the order of the layers.
 *
 * Weights of the same seed are the same on every backend.
 */
export function layerInitializers(
  initialization: Initialization,
  seed: number,
): (layer: { readonly fanIn: number; readonly last?: boolean }) => LayerInitializers {
  let count = 0
  const nextSeed = (): number => seed * 100 + count++
  return ({ fanIn, last = false }) => {
    if (initialization === 'he') {
      const stddev = last ? 0.01 : Math.sqrt(2 / fanIn)
      return {
        kernelInitializer: normalInitializer(stddev, nextSeed()),
        biasInitializer: last ? tfl.initializers.constant({ value: 0.5 }) : tfl.initializers.zeros(),
      }
    }
    const limit = 1 / Math.sqrt(fanIn)
    const uniform = () => tfl.initializers.randomUniform({ minval: -limit, maxval: limit, seed: nextSeed() })
    return { kernelInitializer: uniform(), biasInitializer: uniform() }
  }
}

/** Replaces seed 0: a 32-bit integer, as model files hold, that no small seed reaches. */
const SEED_FOR_ZERO = 2 ** 31 - 1

/** Creates an initializer of normal weights around 0. TensorFlow.js treats seed 0 as no seed for normal numbers. */
export function normalInitializer(stddev: number, seed: number): LayerInitializers['kernelInitializer'] {
  return tfl.initializers.randomNormal({ mean: 0, stddev, seed: seed || SEED_FOR_ZERO })
}
