import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { checkedOptions } from './checked-options.ts'
import { HEATMAPS, softArgmax2d } from './heads/heatmaps.ts'
import { layerInitializers } from './initialization.ts'

const side = z.number().int().positive().multipleOf(32)

const optionsSchema = z.object({
  height: side,
  width: side,
  numKeypoints: z.number().int().positive(),
  baseChannels: z.number().int().positive().multipleOf(2).default(32),
  seed: z.number().int().default(0),
})

export interface HeatmapNetOptions {
  /** Of the gray pictures that it takes: multiples of 32. */
  readonly height: number
  readonly width: number
  readonly numKeypoints: number
  /** Of the finest level, an even number, default 32; coarser ones have two, three and four times as many. */
  readonly baseChannels?: number
  /** Weights of the same seed are the same on every backend (default 0). */
  readonly seed?: number
}

/**
 * A network that draws a heatmap for each point and tells the point's place as the heatmap's mean. A U-net of residual blocks: a
 * quarter of the picture's size, three levels down, three up again, what was seen on the way down added on the way up. Few
 * pictures are enough for it, since a point's place comes from where the picture shows something, not from a dense layer.
 *
 * | level | of the picture's size | channels |
 * |---|---|---|
 * | `stem1`, `stem2` | 1/2, 1/4 | channels / 2, channels |
 * | `down1`, `down2`, `down3`, each with a residual block | 1/8, 1/16, 1/32 | 2, 3 and 4 times channels |
 * | `up3`, `up2`, `up1` | 1/16, 1/8, 1/4 | 3, 2 and 1 times channels |
 * | `heatmaps` | 1/4 | points |
 * | `places` | | the mean of each heatmap's softmax |
 *
 * Input: [batch, height, width, 1], -0.5..0.5. Output: [batch, 2 N], relative coordinates x0 y0 x1 y1 ..., that is
 * (x + 0.5) / width and (y + 0.5) / height, each strictly within the picture. Before training all lie in the middle.
 *
 * Throws `MODEL_OPTIONS` for options out of range.
 *
 * @example
 * ```ts
 * const model = heatmapNet({ height: 128, width: 160, numKeypoints: 58, seed: 1 })
 * ```
 *
 * Sources: Ronneberger et al. 2015, arXiv:1505.04597 (U-net); He et al. 2016, arXiv:1512.03385 (residual blocks); Newell et al. 2016,
 * arXiv:1603.06937 (heatmaps by going down and up again); Sun et al. 2018, arXiv:1711.08229 (a heatmap's mean as the place).
 */
export function heatmapNet(options: HeatmapNetOptions): tf.LayersModel {
  const { height, width, numKeypoints, baseChannels, seed } = checkedOptions('heatmap network', optionsSchema, options)
  const initializers = layerInitializers('he', seed)

  const convolution = (x: tf.SymbolicTensor, name: string, filters: number, kernelSize = 3, strides = 1) => {
    const fanIn = kernelSize ** 2 * (x.shape.at(-1) as number)
    const { kernelInitializer } = initializers({ fanIn })
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer,
    })
    return layer.apply(x) as tf.SymbolicTensor
  }
  const normalized = (x: tf.SymbolicTensor, name: string) =>
    tf.layers.batchNormalization({ name: `${name}_norm`, momentum: 0.9, epsilon: 1e-5 }).apply(x) as tf.SymbolicTensor
  const relu = (x: tf.SymbolicTensor, name: string) =>
    tf.layers.reLU({ name: `${name}_relu` }).apply(x) as tf.SymbolicTensor
  const add = (a: tf.SymbolicTensor, b: tf.SymbolicTensor, name: string) =>
    tf.layers.add({ name: `${name}_add` }).apply([a, b]) as tf.SymbolicTensor

  const block = (x: tf.SymbolicTensor, name: string, filters: number, strides = 1) =>
    relu(normalized(convolution(x, name, filters, 3, strides), name), name)
  const residual = (x: tf.SymbolicTensor, name: string) => {
    const filters = x.shape.at(-1) as number
    const inner = block(x, `${name}a`, filters)
    return relu(add(x, normalized(convolution(inner, `${name}b`, filters), `${name}b`), name), name)
  }

  const input = tf.input({ shape: [height, width, 1] })
  let x = block(block(input, 'stem1', baseChannels / 2, 2), 'stem2', baseChannels, 2)
  const seen: tf.SymbolicTensor[] = []
  for (const level of LEVELS) {
    seen.push(x)
    x = residual(block(x, `down${level}`, (level + 1) * baseChannels, 2), `refine${level}`)
  }
  x = residual(x, 'bottom')
  for (const level of LEVELS.toReversed()) {
    const narrowed = convolution(x, `across${level}`, level * baseChannels, 1)
    const enlarged = tf.layers.upSampling2d({ name: `enlarge${level}`, size: [2, 2] }).apply(narrowed)
    x = block(
      add(enlarged as tf.SymbolicTensor, seen.pop() as tf.SymbolicTensor, `up${level}`),
      `up${level}`,
      level * baseChannels,
    )
  }
  const heatmaps = tf.layers.conv2d({
    name: HEATMAPS,
    filters: numKeypoints,
    kernelSize: 1,
    ...initializers({ fanIn: baseChannels, last: true }),
  })
  return tf.model({
    name: `heatmapNet${baseChannels}`,
    inputs: input,
    outputs: softArgmax2d(heatmaps.apply(x) as tf.SymbolicTensor),
  })
}

const LEVELS = [1, 2, 3]
