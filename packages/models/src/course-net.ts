import * as tf from '@tensorflow/tfjs'
import { type Initialization, layerInitializers } from './initialization.ts'

/** What tells the course's networks from each other. */
export interface CourseNetShape {
  readonly name: string
  /** Of the gray pictures that it takes. */
  readonly height: number
  readonly width: number
  /** Each with ReLU, padding that keeps the size, and a 2x2 max-pool after it. */
  readonly convolutions: readonly { readonly filters: number; readonly kernelSize: number }[]
  /** Numbers that each dense layer gives; ReLU between them. */
  readonly dense: readonly number[]
}

/** How a network begins. */
export interface NetOptions {
  /** Weights of the same seed are the same on every backend (default 0). */
  readonly seed?: number
  /** How weights begin: `torch` (default), as the course's did, or `he`, which trains more surely. */
  readonly initialization?: Initialization
}

/** Convolutions, each with a max-pool, then dense layers: the networks of the course's first two parts. */
export function courseNet(
  { name, height, width, convolutions, dense }: CourseNetShape,
  { seed = 0, initialization = 'torch' }: NetOptions,
): tf.LayersModel {
  const initializers = layerInitializers(initialization, seed)
  const input = tf.input({ shape: [height, width, 1] })
  let tensor = input
  const add = (layer: tf.layers.Layer): void => {
    tensor = layer.apply(tensor) as tf.SymbolicTensor
  }
  const size = (): number => tensor.shape.at(-1) as number

  for (const [i, { filters, kernelSize }] of convolutions.entries()) {
    add(
      tf.layers.conv2d({
        name: `conv${i + 1}`,
        filters,
        kernelSize,
        padding: 'same', // with stride 1 this is as many pixels on each side
        activation: 'relu',
        ...initializers({ fanIn: kernelSize ** 2 * size() }),
      }),
    )
    add(tf.layers.maxPooling2d({ name: `pool${i + 1}`, poolSize: 2 }))
  }
  add(tf.layers.flatten({ name: 'flatten' }))
  for (const [i, units] of dense.entries()) {
    const last = i === dense.length - 1
    add(
      tf.layers.dense({
        name: `dense${i + 1}`,
        units,
        ...(last ? {} : { activation: 'relu' as const }),
        ...initializers({ fanIn: size(), last }),
      }),
    )
  }
  return tf.model({ name, inputs: input, outputs: tensor })
}
