import * as tfl from '@tensorflow/tfjs-layers'
import { type Initialization, layerInitializers } from '../layers/initialization.ts'
import { setDefaultPreprocessing } from '../preprocessing.ts'

/** Architecture of one of the course's networks. */
export interface CourseNetShape {
  readonly name: string
  /** Height of the gray images. */
  readonly height: number
  /** Width of the gray images. */
  readonly width: number
  /** Convolutions, each with ReLU, padding that keeps the size, and a 2x2 max-pool. */
  readonly convolutions: readonly { readonly filters: number; readonly kernelSize: number }[]
  /** Units of the dense layers; ReLU between them. */
  readonly dense: readonly number[]
}

/** Initialization of a network. */
export interface NetOptions {
  /** Seed of the weights, which are the same on every backend (default 0). */
  readonly seed?: number
  /** Initialization of the weights: `torch` (default), as in the course, or `he`, which trains more reliably. */
  readonly initialization?: Initialization
}

/** Makes a network of the course's parts 1 and 2: convolutions, each with a max-pool, then dense layers. */
export function courseNet(
  { name, height, width, convolutions, dense }: CourseNetShape,
  { seed = 0, initialization = 'torch' }: NetOptions,
): tfl.LayersModel {
  const initializers = layerInitializers(initialization, seed)
  const input = tfl.input({ shape: [height, width, 1] })
  let tensor = input
  const add = (layer: tfl.layers.Layer): void => {
    tensor = layer.apply(tensor) as tfl.SymbolicTensor
  }
  const countInputs = (): number => tensor.shape.at(-1) as number

  for (const [i, { filters, kernelSize }] of convolutions.entries()) {
    add(
      tfl.layers.conv2d({
        name: `conv${i + 1}`,
        filters,
        kernelSize,
        padding: 'same', // symmetric, since the stride is 1
        activation: 'relu',
        ...initializers({ fanIn: kernelSize ** 2 * countInputs() }),
      }),
    )
    add(tfl.layers.maxPooling2d({ name: `pool${i + 1}`, poolSize: 2 }))
  }
  add(tfl.layers.flatten({ name: 'flatten' }))
  for (const [i, units] of dense.entries()) {
    const last = i === dense.length - 1
    add(
      tfl.layers.dense({
        name: `dense${i + 1}`,
        units,
        ...(last ? {} : { activation: 'relu' as const }),
        ...initializers({ fanIn: countInputs(), last }),
      }),
    )
  }
  return setDefaultPreprocessing(tfl.model({ name, inputs: input, outputs: tensor }))
}
