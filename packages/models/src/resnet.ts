import { BlurPool2D, type BlurPoolOptions, MaxBlurPool2D } from '@facekp/blurpool'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { checkedOptions } from './checked-options.ts'
import type { HeadKind } from './heads/head.ts'
import { HEATMAPS, softArgmax2d } from './heads/heatmaps.ts'
import { simccHead } from './heads/simcc.ts'
import { layerInitializers, normalInitializer } from './initialization.ts'
import { torchBatchNorm } from './torch-batch-norm.ts'

const positive = z.number().int().positive()

/** Of the picture's sides, what the last stage's maps have. */
const STRIDE = 32

const optionsSchema = z
  .object({
    depth: z.literal([18, 34, 50, 101]),
    inChannels: positive.default(1),
    height: positive,
    width: positive,
    numKeypoints: z.union([positive, z.literal(0)]),
    head: z.literal(['coordinates', 'heatmaps', 'simcc']).default('coordinates'),
    antialias: z
      .union([
        z.literal(false),
        z.object({
          filterSize: z.number().int().min(1).max(7).optional(),
          padding: z.enum(['reflect', 'replicate', 'zero']).optional(),
          convention: z.enum(['antialiased-cnns', 'timm', 'kornia']).optional(),
        }),
      ])
      .default(false),
    baseChannels: positive.default(64),
    seed: z.number().int().default(0),
  })
  .refine(({ head, height, width }) => head !== 'heatmaps' || (height % STRIDE === 0 && width % STRIDE === 0), {
    error: `with head heatmaps, height and width are multiples of ${STRIDE}: the maps' cells part the picture evenly`,
  })

/** How the strides of a network are anti-aliased: the filter (default of size 4), its padding, and whose convention. */
export type Antialias = Pick<BlurPoolOptions, 'filterSize' | 'padding' | 'convention'>

export interface ResNetOptions {
  readonly depth: 18 | 34 | 50 | 101
  /** Of the pictures: 1 (default) for gray, 3 for color. */
  readonly inChannels?: number
  readonly height: number
  readonly width: number
  /** Points to tell; 0 for no head: the network then ends with the mean of each of its last maps. */
  readonly numKeypoints: number
  /** How it tells them, default `coordinates`; `heatmaps` takes sides that are multiples of 32. */
  readonly head?: HeadKind
  /** Default false: as in PyTorch, with strides that are not blurred. */
  readonly antialias?: false | Antialias
  /** Of the first stage, default 64; the later ones have two, four and eight times as many. */
  readonly baseChannels?: number
  /** Weights of the same seed are the same on every backend (default 0). */
  readonly seed?: number
}

/** Blocks of each stage, and whether they are bottlenecks. */
const SHAPES = {
  18: { blocks: [2, 2, 2, 2], bottleneck: false },
  34: { blocks: [3, 4, 6, 3], bottleneck: false },
  50: { blocks: [3, 4, 6, 3], bottleneck: true },
  101: { blocks: [3, 4, 23, 3], bottleneck: true },
} as const

/**
 * A residual network in PyTorch's numerics, as torchvision has it (its version 1.5: the stride is at the 3x3 convolution): with
 * torchvision's weights it computes torchvision's numbers. Layers are named by PyTorch's module paths: `conv1`, `bn1`,
 * `layer1.0.conv1`, `layer1.0.bn1`, `layer2.0.downsample.0` (a convolution), `layer2.0.downsample.1` (a norm), `fc`.
 *
 * | layers | of the picture's size | channels |
 * |---|---|---|
 * | `conv1` 7x7, `bn1`, ReLU | 1/2 | channels |
 * | `maxpool` 3x3 | 1/4 | |
 * | `layer1` | 1/4 | channels, four times that in bottlenecks (50, 101) |
 * | `layer2`, `layer3`, `layer4` | 1/8, 1/16, 1/32 | twice as many each |
 * | head `coordinates`: `avgpool`, `fc` | | 2 N |
 * | head `heatmaps`: `deconv_layers.0`, `.3`, `.6` 4x4, each with norm and ReLU | 1/16, 1/8, 1/4 | 4 times channels |
 * | `heatmaps` 1x1; `places`, the mean of each map's softmax | 1/4 | N; 2 N |
 * | head `simcc`: `simcc_maps` 1x1; `simcc_x`, `simcc_y`; the mean of each softmax | 1/32 | N; 2 bins a pixel; 2 N |
 *
 * Anti-aliased, it is laid out so: `maxblur` takes maxima of 2x2 pixel by pixel, blurs and keeps every second; in a block with a
 * stride, the 3x3 convolution has none, and `layer2.0.blur` stands after its ReLU, before the next convolution; in the
 * shortcut `layer2.0.downsample.blur` stands before the 1x1. Blurs have no weights, so both have the same.
 *
 * Input: [batch, height, width, inChannels]. Output: [batch, 2 N], relative coordinates x0 y0 x1 y1 ..., that is
 * (x + 0.5) / width and (y + 0.5) / height. Weights begin as torchvision's do; biases of `fc` in the picture's middle.
 *
 * Throws `MODEL_OPTIONS` for options out of range, and `BLUR_SIZE` for a picture that is too small to be blurred.
 *
 * @example
 * ```ts
 * const model = resNet({ depth: 50, height: 240, width: 240, numKeypoints: 68, antialias: { filterSize: 4 } })
 * ```
 *
 * Sources: He et al. 2016, arXiv:1512.03385; torchvision (BSD-3), whose numbers and names it has; Zhang 2019, arXiv:1904.11486. Heads:
 * Xiao et al. 2018, arXiv:1804.06208 (transposed convolutions); Sun et al. 2018, arXiv:1711.08229; Li et al. 2022, arXiv:2107.03332.
 */
export function resNet(options: ResNetOptions): tf.LayersModel {
  const { depth, inChannels, height, width, numKeypoints, head, antialias, baseChannels, seed } = checkedOptions(
    'residual network',
    optionsSchema,
    options,
  )
  const { blocks, bottleneck } = SHAPES[depth]
  const layers = createResNetLayers(seed, antialias as false | Antialias)

  const input = tf.input({ shape: [height, width, inChannels] })
  let x = layers.relu(layers.norm(layers.conv(input, 'conv1', baseChannels, 7, 2), 'bn1'), 'relu')
  x = layers.maxPool(x)
  for (const [i, count] of blocks.entries()) {
    for (let j = 0; j < count; j++) {
      const block = { name: `layer${i + 1}.${j}`, filters: baseChannels * 2 ** i, stride: i > 0 && j === 0 ? 2 : 1 }
      x = bottleneck ? bottleneckBlock(layers, x, block) : basicBlock(layers, x, block)
    }
  }
  const outputs = (): tf.SymbolicTensor => {
    if (numKeypoints === 0) return layers.average(x)
    if (head === 'simcc') return simccHead(x, { width, height, numKeypoints, seed })
    if (head === 'heatmaps') return softArgmax2d(layers.heatmaps(enlarged(layers, x, 4 * baseChannels), numKeypoints))
    return layers.coordinates(layers.average(x), numKeypoints)
  }
  return tf.model({ name: `resnet${depth}`, inputs: input, outputs: outputs() })
}

/** Maps of 1/32 of the picture's size to 1/4, by three transposed convolutions. */
function enlarged({ norm, relu, enlarge }: Layers, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
  return [0, 3, 6].reduce(
    (maps, i) =>
      relu(norm(enlarge(maps, `deconv_layers.${i}`, filters), `deconv_layers.${i + 1}`), `deconv_layers.${i + 2}`),
    x,
  )
}

interface Block {
  readonly name: string
  readonly filters: number
  readonly stride: number
}

type Layers = ReturnType<typeof createResNetLayers>

/** Two 3x3 convolutions, the first with the stride. */
function basicBlock(layers: Layers, x: tf.SymbolicTensor, { name, filters, stride }: Block): tf.SymbolicTensor {
  const { norm, relu, conv } = layers
  const first = layers.stridden(
    (input, strides) => relu(norm(conv(input, `${name}.conv1`, filters, 3, strides), `${name}.bn1`), `${name}.relu1`),
    x,
    `${name}.blur`,
    stride,
  )
  const main = norm(conv(first, `${name}.conv2`, filters, 3), `${name}.bn2`)
  return joined(layers, x, main, { name, filters, stride })
}

/** 1x1, 3x3 with the stride, 1x1 to four times as many channels. */
function bottleneckBlock(layers: Layers, x: tf.SymbolicTensor, { name, filters, stride }: Block): tf.SymbolicTensor {
  const { norm, relu, conv } = layers
  const narrow = relu(norm(conv(x, `${name}.conv1`, filters, 1), `${name}.bn1`), `${name}.relu1`)
  const middle = layers.stridden(
    (input, strides) => relu(norm(conv(input, `${name}.conv2`, filters, 3, strides), `${name}.bn2`), `${name}.relu2`),
    narrow,
    `${name}.blur`,
    stride,
  )
  const main = norm(conv(middle, `${name}.conv3`, 4 * filters, 1), `${name}.bn3`)
  return joined(layers, x, main, { name, filters: 4 * filters, stride })
}

/** What the block made and its input, brought to the same shape where they differ, added, and ReLU. */
function joined(
  { norm, relu, conv, blurred, antialiased }: Layers,
  x: tf.SymbolicTensor,
  main: tf.SymbolicTensor,
  { name, filters, stride }: Block,
): tf.SymbolicTensor {
  let shortcut = x
  if (stride > 1 || x.shape[3] !== filters) {
    const blur = antialiased && stride > 1
    const input = blur ? blurred(x, `${name}.downsample.blur`) : x
    shortcut = norm(conv(input, `${name}.downsample.0`, filters, 1, blur ? 1 : stride), `${name}.downsample.1`)
  }
  const sum = tf.layers.add({ name: `${name}.add` }).apply([main, shortcut]) as tf.SymbolicTensor
  return relu(sum, `${name}.relu`)
}

/** The layers that these networks are made of, in PyTorch's numerics. */
function createResNetLayers(seed: number, antialias: false | Antialias) {
  const initializers = layerInitializers('he', seed)
  let drawn = 0

  /** Padded by (kernelSize - 1) / 2 on each side; weights normal by He, over what goes out, as torchvision's. */
  function conv(x: tf.SymbolicTensor, name: string, filters: number, kernelSize: number, strides = 1) {
    const stddev = Math.sqrt(2 / (kernelSize ** 2 * filters))
    // 'same' is symmetric with stride 1 alone.
    const explicit = kernelSize > 1 && strides > 1
    const padding = (kernelSize - 1) / 2
    const input = explicit ? tf.layers.zeroPadding2d({ name: `${name}.pad`, padding }).apply(x) : x
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: explicit ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: normalInitializer(stddev, seed * 1000 + drawn++),
    })
    return layer.apply(input) as tf.SymbolicTensor
  }
  const norm = (x: tf.SymbolicTensor, name: string) => torchBatchNorm(name).apply(x) as tf.SymbolicTensor
  const relu = (x: tf.SymbolicTensor, name: string) => tf.layers.reLU({ name }).apply(x) as tf.SymbolicTensor
  const blurred = (x: tf.SymbolicTensor, name: string) =>
    new BlurPool2D({ name, ...antialias }).apply(x) as tf.SymbolicTensor

  /** What `layer` does, with its stride, or without it and then a blur with it. */
  function stridden(
    layer: (x: tf.SymbolicTensor, strides: number) => tf.SymbolicTensor,
    x: tf.SymbolicTensor,
    name: string,
    strides: number,
  ) {
    return antialias && strides > 1 ? blurred(layer(x, 1), name) : layer(x, strides)
  }

  function maxPool(x: tf.SymbolicTensor) {
    if (antialias) return new MaxBlurPool2D({ name: 'maxblur', ...antialias }).apply(x) as tf.SymbolicTensor
    // PyTorch's border is of -infinity; after ReLU zeros are the same.
    const padded = tf.layers.zeroPadding2d({ name: 'maxpool.pad', padding: 1 }).apply(x)
    return tf.layers.maxPooling2d({ name: 'maxpool', poolSize: 3, strides: 2 }).apply(padded) as tf.SymbolicTensor
  }
  const average = (x: tf.SymbolicTensor) =>
    tf.layers.globalAveragePooling2d({ name: 'avgpool' }).apply(x) as tf.SymbolicTensor
  const last = (x: tf.SymbolicTensor) => initializers({ fanIn: x.shape.at(-1) as number, last: true })
  const coordinates = (x: tf.SymbolicTensor, points: number) =>
    tf.layers.dense({ name: 'fc', units: 2 * points, ...last(x) }).apply(x) as tf.SymbolicTensor

  /** To twice the sides; PyTorch's kernel of 4, stride of 2 and padding of 1. */
  function enlarge(x: tf.SymbolicTensor, name: string, filters: number) {
    // A pixel of the output sees 2x2 of the input.
    const { kernelInitializer } = initializers({ fanIn: 4 * (x.shape.at(-1) as number) })
    const layer = tf.layers.conv2dTranspose({
      name,
      filters,
      kernelSize: 4,
      strides: 2,
      padding: 'same',
      useBias: false,
      kernelInitializer,
    })
    return layer.apply(x) as tf.SymbolicTensor
  }
  const heatmaps = (x: tf.SymbolicTensor, points: number) =>
    tf.layers.conv2d({ name: HEATMAPS, filters: points, kernelSize: 1, ...last(x) }).apply(x) as tf.SymbolicTensor
  return {
    conv,
    norm,
    relu,
    blurred,
    stridden,
    maxPool,
    average,
    coordinates,
    enlarge,
    heatmaps,
    antialiased: antialias !== false,
  }
}
