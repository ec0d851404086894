import * as tf from '@tensorflow/tfjs'
import { type Initialization, layerInitializers } from './initialization.ts'

/**
 * The network of the course's first part: finds one point, the tip of the nose, in a grey picture of 60 x 80.
 *
 * | layer | output (height, width, channels) | parameters |
 * |---|---|---|
 * | conv 3x3, padding 1, ReLU | 60, 80, 12 | 120 |
 * | max-pool 2x2 | 30, 40, 12 | |
 * | conv 3x3, padding 1, ReLU | 30, 40, 24 | 2,616 |
 * | max-pool 2x2 | 15, 20, 24 | |
 * | conv 3x3, padding 1, ReLU | 15, 20, 36 | 7,812 |
 * | max-pool 2x2 | 7, 10, 36 | |
 * | flatten, dense, ReLU | 500 | 1,260,500 |
 * | dense | 2 | 1,002 |
 *
 * Input: [batch, 60, 80, 1], -0.5..0.5. Output: [batch, 2], the point's relative coordinates (x + 0.5) / width and
 * (y + 0.5) / height.
 *
 * @param options.seed weights of the same seed are the same on every engine (default 0)
 * @param options.initialization how weights begin: `torch` (default), as the course's did, or `he`, which trains more surely
 *
 * @example
 * ```ts
 * const model = noseNet({ seed: 1 })
 * const relative = model.predict(tf.zeros([1, 60, 80, 1])) as tf.Tensor2D
 * ```
 *
 * Source: UC Berkeley CS194-26 (2020), project 5, "Facial Keypoint Detection with Neural Networks", part 1.
 */
export function noseNet({
  seed = 0,
  initialization = 'torch',
}: {
  readonly seed?: number
  readonly initialization?: Initialization
} = {}): tf.LayersModel {
  const initializers = layerInitializers(initialization, seed)
  const conv = (name: string, inputs: number, filters: number): tf.layers.Layer =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      padding: 'same', // with stride 1 this is one pixel on each side
      activation: 'relu',
      ...initializers({ fanIn: 9 * inputs }),
    })
  const pool = (name: string): tf.layers.Layer => tf.layers.maxPooling2d({ name, poolSize: 2 })

  const input = tf.input({ shape: [60, 80, 1] })
  const layers = [
    conv('conv1', 1, 12),
    pool('pool1'),
    conv('conv2', 12, 24),
    pool('pool2'),
    conv('conv3', 24, 36),
    pool('pool3'),
    tf.layers.flatten({ name: 'flatten' }),
    tf.layers.dense({ name: 'dense1', units: 500, activation: 'relu', ...initializers({ fanIn: 2520 }) }),
    tf.layers.dense({ name: 'dense2', units: 2, ...initializers({ fanIn: 500, last: true }) }),
  ]
  const output = layers.reduce((tensor, layer) => layer.apply(tensor) as tf.SymbolicTensor, input)
  return tf.model({ name: 'noseNet', inputs: input, outputs: output })
}
