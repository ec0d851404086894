import { BlurPool2D, type BlurPoolOptions, MaxBlurPool2D } from '@facekp/blurpool'
import { parseOptions } from '@facekp/options'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import type { HeadKind } from '../heads/head.ts'
import { HEATMAPS, softArgmax2d } from '../heads/heatmaps.ts'
import { simccHead } from '../heads/simcc.ts'
import { layerInitializers, normalInitializer } from '../layers/initialization.ts'
import { torchBatchNorm } from '../layers/torch-batch-norm.ts'
import { setDefaultPreprocessing } from '../preprocessing.ts'

const positive = z.number().int().positive()

/** Size of the image relative to the last stage's maps. */
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
  .refine(
    ({ head, height, width }) => head !== 'heatmaps' || (height % STRIDE === 0 && width % STRIDE === 0),
    `height and width that are multiples of ${STRIDE}, as head heatmaps needs`,
  )

/** Options of the blurs that anti-alias a network's strides: filter size (default 4), padding and convention. */
export type Antialias = Pick<BlurPoolOptions, 'filterSize' | 'padding' | 'convention'>

export interface ResNetOptions {
  readonly depth: 18 | 34 | 50 | 101
  /** Channels of the images: 1 (default) for gray, 3 for color. */
  readonly inChannels?: number
  readonly height: number
  readonly width: number
  /** Number of points; 0 for no head: the output is then the mean of each of the last maps. */
  readonly numKeypoints: number
  /** Head that predicts them (default `coordinates`); `heatmaps` needs sides that are multiples of 32. */
  readonly head?: HeadKind
  /** Blurs of the strides (default false: none, as in PyTorch). */
  readonly antialias?: false | Antialias
  /** Channels of the first stage (default 64); later stages have 2, 4 and 8 times as many. */
  readonly baseChannels?: number
  /** Seed of the weights, which are the same on every backend (default 0). */
  readonly seed?: number
}

/** Blocks per stage, and whether they are bottlenecks. */
const SHAPES = {
  18: { blocks: [2, 2, 2, 2], bottleneck: false },
  34: { blocks: [3, 4, 6, 3], bottleneck: false },
  50: { blocks: [3, 4, 6, 3], bottleneck: true },
  101: { blocks: [3, 4, 23, 3], bottleneck: true },
} as const

/**
 * Makes a residual network with PyTorch's numerics: with torchvision's weights it computes torchvision's outputs.
 *
 * The stride is at the 3x3 convolution (version 1.5). Layers have PyTorch's module paths as names: `conv1`, `bn1`, `layer1.0.conv1`,
 * `layer1.0.bn1`, `layer2.0.downsample.0` (a convolution), `layer2.0.downsample.1` (a norm), `fc`.
 *
 * | layers | relative size | channels |
 * |---|---|---|
 * | `conv1` 7x7, `bn1`, ReLU | 1/2 | channels |
 * | `maxpool` 3x3 | 1/4 | |
 * | `layer1` | 1/4 | channels, four times that in bottlenecks (50, 101) |
 * | `layer2`, `layer3`, `layer4` | 1/8, 1/16, 1/32 | twice as many each |
 * | head `coordinates`: `avgpool`, `fc` | | 2 N |
 * | head `heatmaps`: `deconv_layers.0`, `.3`, `.6` 4x4, each with norm and ReLU | 1/16, 1/8, 1/4 | 4 times channels |
 * | `heatmaps` 1x1; `places`, the mean of each map's softmax | 1/4 | N; 2 N |
 * | head `simcc`: `simcc_maps` 1x1; `simcc_x`, `simcc_y`; the mean of each softmax | 1/32 | N; 2 bins per pixel; 2 N |
 *
 * With `antialias`, `maxblur` takes the 2x2 maximum at each pixel, blurs, and keeps every second pixel. In a block with a stride, the
 * 3x3 convolution has none, and `layer2.0.blur` follows its ReLU; in the shortcut, `layer2.0.downsample.blur` precedes the 1x1
 * convolution. Blurs have no weights, so both networks have the same weights.
 *
 * Input: [batch, height, width, inChannels]. Output: [batch, 2 N], relative coordinates x0 y0 x1 y1 ..., that is (x + 0.5) / width and
 * (y + 0.5) / height. Weights are initialized as torchvision's; the bias of `fc` puts all points in the middle of the image.
 *
 * @throws FacekpError `MODEL_OPTIONS` if an option is out of range, `BLUR_SIZE` if the image is too small to be blurred
 * @example
 * ```ts
 * const model = resNet({ depth: 50, height: 240, width: 240, numKeypoints: 68, antialias: { filterSize: 4 } })
 * ```
 *
 * Sources: He et al. 2016, arXiv:1512.03385; torchvision (BSD-3), numerics and names; Zhang 2019, arXiv:1904.11486. Heads: Xiao et al.
 * 2018, arXiv:1804.06208 (transposed convolutions); Sun et al. 2018, arXiv:1711.08229; Li et al. 2022, arXiv:2107.03332.
 */
export function resNet(options: ResNetOptions): tf.LayersModel {
  const parsed = parseOptions({ schema: optionsSchema, value: options, code: 'MODEL_OPTIONS', name: 'resNet' })
  const { depth, inChannels, height, width, numKeypoints, head, antialias, baseChannels, seed } = parsed
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
  const addHead = (): tf.SymbolicTensor => {
    if (numKeypoints === 0) return layers.average(x)
    if (head === 'simcc') return simccHead(x, { width, height, numKeypoints, seed })
    if (head === 'heatmaps') return softArgmax2d(layers.heatmaps(deconvHead(layers, x, 4 * baseChannels), numKeypoints))
    return layers.coordinates(layers.average(x), numKeypoints)
  }
  return setDefaultPreprocessing(tf.model({ name: `resnet${depth}`, inputs: input, outputs: addHead() }))
}

/** Upsamples the last maps from 1/32 to 1/4 of the image's size by three transposed convolutions. */
function deconvHead({ norm, relu, deconv }: Layers, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
  return [0, 3, 6].reduce(
    (maps, i) =>
      relu(norm(deconv(maps, `deconv_layers.${i}`, filters), `deconv_layers.${i + 1}`), `deconv_layers.${i + 2}`),
    x,
  )
}

interface Block {
  readonly name: string
  readonly filters: number
  readonly stride: number
}

type Layers = ReturnType<typeof createResNetLayers>

/** Adds two 3x3 convolutions, the first with the stride. */
function basicBlock(layers: Layers, x: tf.SymbolicTensor, { name, filters, stride }: Block): tf.SymbolicTensor {
  const { norm, relu, conv } = layers
  const first = layers.stridedOrBlurred(
    (input, strides) => relu(norm(conv(input, `${name}.conv1`, filters, 3, strides), `${name}.bn1`), `${name}.relu1`),
    x,
    `${name}.blur`,
    stride,
  )
  const main = norm(conv(first, `${name}.conv2`, filters, 3), `${name}.bn2`)
  return addShortcut(layers, x, main, { name, filters, stride })
}

/** Adds a 1x1 convolution, a 3x3 with the stride, and a 1x1 to 4 times as many channels. */
function bottleneckBlock(layers: Layers, x: tf.SymbolicTensor, { name, filters, stride }: Block): tf.SymbolicTensor {
  const { norm, relu, conv } = layers
  const narrow = relu(norm(conv(x, `${name}.conv1`, filters, 1), `${name}.bn1`), `${name}.relu1`)
  const middle = layers.stridedOrBlurred(
    (input, strides) => relu(norm(conv(input, `${name}.conv2`, filters, 3, strides), `${name}.bn2`), `${name}.relu2`),
    narrow,
    `${name}.blur`,
    stride,
  )
  const main = norm(conv(middle, `${name}.conv3`, 4 * filters, 1), `${name}.bn3`)
  return addShortcut(layers, x, main, { name, filters: 4 * filters, stride })
}

/** Adds the block's input, projected to the block's shape if they differ, to its output; then ReLU. */
function addShortcut(
  { norm, relu, conv, blur, isAntialiased }: Layers,
  x: tf.SymbolicTensor,
  main: tf.SymbolicTensor,
  { name, filters, stride }: Block,
): tf.SymbolicTensor {
  let shortcut = x
  if (stride > 1 || x.shape[3] !== filters) {
    const isBlurred = isAntialiased && stride > 1
    const input = isBlurred ? blur(x, `${name}.downsample.blur`) : x
    shortcut = norm(conv(input, `${name}.downsample.0`, filters, 1, isBlurred ? 1 : stride), `${name}.downsample.1`)
  }
  const sum = tf.layers.add({ name: `${name}.add` }).apply([main, shortcut]) as tf.SymbolicTensor
  return relu(sum, `${name}.relu`)
}

/** Functions that add layers with PyTorch's numerics; each takes the next seed, so their order is part of the network. */
function createResNetLayers(seed: number, antialias: false | Antialias) {
  const initializers = layerInitializers('he', seed)
  let count = 0

  /** Pads by (kernelSize - 1) / 2 on each side; weights are He normal with fan-out, as torchvision's. */
  function conv(x: tf.SymbolicTensor, name: string, filters: number, kernelSize: number, strides = 1) {
    const stddev = Math.sqrt(2 / (kernelSize ** 2 * filters))
    // 'same' is symmetric only with stride 1.
    const isPaddedFirst = kernelSize > 1 && strides > 1
    const padding = (kernelSize - 1) / 2
    const input = isPaddedFirst ? tf.layers.zeroPadding2d({ name: `${name}.pad`, padding }).apply(x) : x
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: isPaddedFirst ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: normalInitializer(stddev, seed * 1000 + count++),
    })
    return layer.apply(input) as tf.SymbolicTensor
  }
  const norm = (x: tf.SymbolicTensor, name: string) => torchBatchNorm(name).apply(x) as tf.SymbolicTensor
  const relu = (x: tf.SymbolicTensor, name: string) => tf.layers.reLU({ name }).apply(x) as tf.SymbolicTensor
  const blur = (x: tf.SymbolicTensor, name: string) =>
    new BlurPool2D({ name, ...antialias }).apply(x) as tf.SymbolicTensor

  /** Applies a layer with its stride, or with anti-aliasing without it and then a blur that has the stride. */
  function stridedOrBlurred(
    applyLayer: (x: tf.SymbolicTensor, strides: number) => tf.SymbolicTensor,
    x: tf.SymbolicTensor,
    name: string,
    strides: number,
  ) {
    return antialias && strides > 1 ? blur(applyLayer(x, 1), name) : applyLayer(x, strides)
  }

  function maxPool(x: tf.SymbolicTensor) {
    if (antialias) return new MaxBlurPool2D({ name: 'maxblur', ...antialias }).apply(x) as tf.SymbolicTensor
    // PyTorch pads with -infinity; after ReLU, zeros give the same maximum.
    const padded = tf.layers.zeroPadding2d({ name: 'maxpool.pad', padding: 1 }).apply(x)
    return tf.layers.maxPooling2d({ name: 'maxpool', poolSize: 3, strides: 2 }).apply(padded) as tf.SymbolicTensor
  }
  const average = (x: tf.SymbolicTensor) =>
    tf.layers.globalAveragePooling2d({ name: 'avgpool' }).apply(x) as tf.SymbolicTensor
  const lastInitializers = (x: tf.SymbolicTensor) => initializers({ fanIn: x.shape.at(-1) as number, last: true })
  const coordinates = (x: tf.SymbolicTensor, points: number) =>
    tf.layers.dense({ name: 'fc', units: 2 * points, ...lastInitializers(x) }).apply(x) as tf.SymbolicTensor

  /** Doubles the sides, as PyTorch's ConvTranspose2d with kernel 4, stride 2 and padding 1. */
  function deconv(x: tf.SymbolicTensor, name: string, filters: number) {
    // An output pixel depends on 2x2 input pixels.
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
    tf.layers
      .conv2d({ name: HEATMAPS, filters: points, kernelSize: 1, ...lastInitializers(x) })
      .apply(x) as tf.SymbolicTensor
  return {
    conv,
    norm,
    relu,
    blur,
    stridedOrBlurred,
    maxPool,
    average,
    coordinates,
    deconv,
    heatmaps,
    isAntialiased: antialias !== false,
  }
}
