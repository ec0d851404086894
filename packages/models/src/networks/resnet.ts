import { checkOptions, choiceKind, FacekpError, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tfl from '@tensorflow/tfjs-layers'
import type { HeadKind } from '../heads/head.ts'
import { softArgmax2d } from '../heads/heatmaps.ts'
import { simccHead } from '../heads/simcc.ts'
import { disposeVariablesOnError } from '../layers/dispose-variables-on-error.ts'
import { setDefaultPreprocessing } from '../preprocessing.ts'
import { ANTIALIAS, type Antialias, createHeadLayers, createResNetLayers, type ResNetLayers } from './resnet-layers.ts'

/** Size of the image relative to the last stage's maps. */
const STRIDE = 32

const OPTIONS = objectKind({
  depth: choiceKind([18, 34, 50, 101]),
  inChannels: optionalKind(KINDS.size),
  height: KINDS.size,
  width: KINDS.size,
  numKeypoints: KINDS.count,
  head: optionalKind(choiceKind(['coordinates', 'heatmaps', 'simcc'])),
  antialias: optionalKind(ANTIALIAS),
  baseChannels: optionalKind(KINDS.size),
  seed: optionalKind(KINDS.seed),
})

/** Options of {@link resNet}. */
export interface ResNetOptions {
  readonly depth: 18 | 34 | 50 | 101
  /** Channels of the images: 1 (default) for gray, 3 for color. */
  readonly inChannels?: number
  /** Height of the images in pixels. */
  readonly height: number
  /** Width of the images in pixels. */
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
export function resNet(options: ResNetOptions): tfl.LayersModel {
  checkOptions(OPTIONS, options, { code: 'MODEL_OPTIONS', name: 'resNet' })
  const { depth, inChannels = 1, height, width, numKeypoints, antialias = false } = options
  const { head = 'coordinates', baseChannels = 64, seed = 0 } = options
  if (head === 'heatmaps' && (height % STRIDE !== 0 || width % STRIDE !== 0)) throw strideError(height, width)
  const settings = { depth, inChannels, height, width, numKeypoints, antialias, head, baseChannels, seed }
  return setDefaultPreprocessing(disposeVariablesOnError(() => buildLayers(settings)))
}

function buildLayers({ depth, inChannels, antialias, ...settings }: Required<ResNetOptions>): tfl.LayersModel {
  const { height, width, baseChannels, seed } = settings
  const { blocks, bottleneck } = SHAPES[depth]
  const layers = createResNetLayers(seed, antialias)

  const input = tfl.input({ shape: [height, width, inChannels] })
  const stem = layers.conv(input, 'conv1', { filters: baseChannels, kernelSize: 7, strides: 2 })
  let x = layers.maxPool(layers.relu(layers.norm(stem, 'bn1'), 'relu'))
  for (const [i, count] of blocks.entries()) {
    for (let j = 0; j < count; j++) {
      const block = { name: `layer${i + 1}.${j}`, filters: baseChannels * 2 ** i, strides: i > 0 && j === 0 ? 2 : 1 }
      x = bottleneck ? bottleneckBlock(layers, x, block) : basicBlock(layers, x, block)
    }
  }
  return tfl.model({ name: `resnet${depth}`, inputs: input, outputs: addHead(layers, x, settings) })
}

function addHead(
  layers: ResNetLayers,
  x: tfl.SymbolicTensor,
  {
    height,
    width,
    numKeypoints,
    head,
    baseChannels,
    seed,
  }: Required<Omit<ResNetOptions, 'depth' | 'inChannels' | 'antialias'>>,
): tfl.SymbolicTensor {
  const headLayers = createHeadLayers(seed)
  if (numKeypoints === 0) return headLayers.average(x)
  if (head === 'simcc') return simccHead(x, { width, height, numKeypoints, seed })
  if (head === 'coordinates') return headLayers.coordinates(headLayers.average(x), numKeypoints)
  // Three transposed convolutions, from 1/32 to 1/4 of the image's size.
  let maps = x
  for (const i of [0, 3, 6]) {
    const upsampled = headLayers.deconv(maps, `deconv_layers.${i}`, 4 * baseChannels)
    maps = layers.relu(layers.norm(upsampled, `deconv_layers.${i + 1}`), `deconv_layers.${i + 2}`)
  }
  return softArgmax2d(headLayers.heatmaps(maps, numKeypoints))
}

interface Block {
  readonly name: string
  readonly filters: number
  readonly strides: number
}

/** Adds two 3x3 convolutions, the first with the stride. */
function basicBlock(layers: ResNetLayers, x: tfl.SymbolicTensor, block: Block): tfl.SymbolicTensor {
  const { norm, relu, conv } = layers
  const { name, filters } = block
  const first = layers.stridedOrBlurred(
    (input, strides) =>
      relu(norm(conv(input, `${name}.conv1`, { filters, kernelSize: 3, strides }), `${name}.bn1`), `${name}.relu1`),
    x,
    `${name}.blur`,
    block.strides,
  )
  const main = norm(conv(first, `${name}.conv2`, { filters, kernelSize: 3 }), `${name}.bn2`)
  return addShortcut(layers, x, main, block)
}

/** Adds a 1x1 convolution, a 3x3 with the stride, and a 1x1 to 4 times as many channels. */
function bottleneckBlock(layers: ResNetLayers, x: tfl.SymbolicTensor, block: Block): tfl.SymbolicTensor {
  const { norm, relu, conv } = layers
  const { name, filters } = block
  const narrow = relu(norm(conv(x, `${name}.conv1`, { filters, kernelSize: 1 }), `${name}.bn1`), `${name}.relu1`)
  const middle = layers.stridedOrBlurred(
    (input, strides) =>
      relu(norm(conv(input, `${name}.conv2`, { filters, kernelSize: 3, strides }), `${name}.bn2`), `${name}.relu2`),
    narrow,
    `${name}.blur`,
    block.strides,
  )
  const main = norm(conv(middle, `${name}.conv3`, { filters: 4 * filters, kernelSize: 1 }), `${name}.bn3`)
  return addShortcut(layers, x, main, { ...block, filters: 4 * filters })
}

/** Adds the block's input, projected to the block's shape if they differ, to its output; then ReLU. */
function addShortcut(
  { norm, relu, conv, blur, isAntialiased }: ResNetLayers,
  x: tfl.SymbolicTensor,
  main: tfl.SymbolicTensor,
  { name, filters, strides }: Block,
): tfl.SymbolicTensor {
  let shortcut = x
  if (strides > 1 || x.shape[3] !== filters) {
    const isBlurred = isAntialiased && strides > 1
    const input = isBlurred ? blur(x, `${name}.downsample.blur`) : x
    const projection = { filters, kernelSize: 1, strides: isBlurred ? 1 : strides }
    shortcut = norm(conv(input, `${name}.downsample.0`, projection), `${name}.downsample.1`)
  }
  const sum = tfl.layers.add({ name: `${name}.add` }).apply([main, shortcut]) as tfl.SymbolicTensor
  return relu(sum, `${name}.relu`)
}

function strideError(height: number, width: number): FacekpError {
  return new FacekpError({
    code: 'MODEL_OPTIONS',
    problem: 'options of resNet',
    expected: `height and width that are multiples of ${STRIDE}, as head heatmaps needs`,
    received: `${height} x ${width}`,
  })
}
