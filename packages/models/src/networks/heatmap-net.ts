import { type ArgumentKind, checkOptions, choiceKind, objectKind, optionalKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tfl from '@tensorflow/tfjs-layers'
import { HEATMAPS, softArgmax2d } from '../heads/heatmaps.ts'
import { layerInitializers } from '../layers/initialization.ts'
import { torchBatchNorm } from '../layers/torch-batch-norm.ts'
import { setDefaultPreprocessing } from '../preprocessing.ts'

const createMultipleKind = (divisor: number): ArgumentKind<number> => ({
  expected: `a multiple of ${divisor}`,
  test: (value) => KINDS.size.test(value) && (value as number) % divisor === 0,
})

const SIDE = createMultipleKind(32)
const OPTIONS = objectKind({
  inChannels: optionalKind(choiceKind([1, 3])),
  height: SIDE,
  width: SIDE,
  numKeypoints: KINDS.size,
  baseChannels: optionalKind(createMultipleKind(2)),
  seed: optionalKind(KINDS.seed),
})

/** Options of {@link heatmapNet}. */
export interface HeatmapNetOptions {
  /** Channels of the images: 1 (default) for gray, 3 for color. */
  readonly inChannels?: 1 | 3
  /** Height of the images in pixels, a multiple of 32. */
  readonly height: number
  /** Width of the images in pixels, a multiple of 32. */
  readonly width: number
  readonly numKeypoints: number
  /** Channels of the finest level, an even number (default 32); coarser levels have 2, 3 and 4 times as many. */
  readonly baseChannels?: number
  /** Seed of the weights, which are the same on every backend (default 0). */
  readonly seed?: number
}

const LEVELS = [1, 2, 3]

/**
 * Makes a U-net of residual blocks that predicts one heatmap per point; the point is the heatmap's mean.
 *
 * It learns from few images, since a point's position comes from positions in the image, not from a dense layer.
 *
 * | level | relative size | channels |
 * |---|---|---|
 * | `stem1`, `stem2` | 1/2, 1/4 | channels / 2, channels |
 * | `down1`, `down2`, `down3`, each with a residual block | 1/8, 1/16, 1/32 | 2, 3 and 4 times channels |
 * | `up3`, `up2`, `up1` | 1/16, 1/8, 1/4 | 3, 2 and 1 times channels |
 * | `heatmaps` | 1/4 | points |
 * | `places` | | the mean of each heatmap's softmax |
 *
 * Input: [batch, height, width, inChannels]. Output: [batch, 2 N], relative coordinates x0 y0 x1 y1 ..., that is (x + 0.5) / width and
 * (y + 0.5) / height, each strictly within the image. Before training all points are in the middle.
 *
 * @throws FacekpError `MODEL_OPTIONS` if an option is out of range
 * @example
 * ```ts
 * const model = heatmapNet({ height: 128, width: 160, numKeypoints: 58, seed: 1 })
 * ```
 *
 * Sources: Ronneberger et al. 2015, arXiv:1505.04597 (U-net); He et al. 2016, arXiv:1512.03385 (residual blocks); Newell et al. 2016,
 * arXiv:1603.06937 (hourglass of heatmaps); Sun et al. 2018, arXiv:1711.08229 (the mean of a heatmap as the point).
 */
export function heatmapNet(options: HeatmapNetOptions): tfl.LayersModel {
  checkOptions(OPTIONS, options, { code: 'MODEL_OPTIONS', name: 'heatmapNet' })
  const { inChannels = 1, height, width, numKeypoints, baseChannels = 32, seed = 0 } = options
  const layers = createHeatmapNetLayers(seed)
  const { add, block, residual } = layers

  const input = tfl.input({ shape: [height, width, inChannels] })
  let x = block(block(input, 'stem1', baseChannels / 2, 2), 'stem2', baseChannels, 2)
  const skips: tfl.SymbolicTensor[] = []
  for (const level of LEVELS) {
    skips.push(x)
    x = residual(block(x, `down${level}`, (level + 1) * baseChannels, 2), `refine${level}`)
  }
  x = residual(x, 'bottom')
  for (const level of LEVELS.toReversed()) {
    const filters = level * baseChannels
    const upsampled = layers.upsample(layers.conv(x, `across${level}`, { filters, kernelSize: 1 }), `enlarge${level}`)
    x = block(add(upsampled, skips.pop() as tfl.SymbolicTensor, `up${level}`), `up${level}`, filters)
  }
  const model = tfl.model({
    name: `heatmapNet${baseChannels}`,
    inputs: input,
    outputs: softArgmax2d(layers.heatmaps(x, numKeypoints)),
  })
  return setDefaultPreprocessing(model)
}

/** Functions that add the network's layers; each convolution takes the next seed, so their order is part of the network. */
function createHeatmapNetLayers(seed: number) {
  const initializers = layerInitializers('he', seed)

  function conv(
    x: tfl.SymbolicTensor,
    name: string,
    { filters, kernelSize = 3, strides = 1 }: { filters: number; kernelSize?: number; strides?: number },
  ) {
    const { kernelInitializer } = initializers({ fanIn: kernelSize ** 2 * (x.shape.at(-1) as number) })
    const settings = { name, filters, kernelSize, strides, padding: 'same', useBias: false, kernelInitializer } as const
    return tfl.layers.conv2d(settings).apply(x) as tfl.SymbolicTensor
  }
  const norm = (x: tfl.SymbolicTensor, name: string) => torchBatchNorm(`${name}_norm`).apply(x) as tfl.SymbolicTensor
  const relu = (x: tfl.SymbolicTensor, name: string) =>
    tfl.layers.reLU({ name: `${name}_relu` }).apply(x) as tfl.SymbolicTensor
  const add = (a: tfl.SymbolicTensor, b: tfl.SymbolicTensor, name: string) =>
    tfl.layers.add({ name: `${name}_add` }).apply([a, b]) as tfl.SymbolicTensor
  const upsample = (x: tfl.SymbolicTensor, name: string) =>
    tfl.layers.upSampling2d({ name, size: [2, 2] }).apply(x) as tfl.SymbolicTensor

  const block = (x: tfl.SymbolicTensor, name: string, filters: number, strides = 1) =>
    relu(norm(conv(x, name, { filters, strides }), name), name)
  function residual(x: tfl.SymbolicTensor, name: string) {
    const filters = x.shape.at(-1) as number
    const inner = block(x, `${name}a`, filters)
    return relu(add(x, norm(conv(inner, `${name}b`, { filters }), `${name}b`), name), name)
  }
  function heatmaps(x: tfl.SymbolicTensor, filters: number) {
    const fanIn = x.shape.at(-1) as number
    const layer = tfl.layers.conv2d({ name: HEATMAPS, filters, kernelSize: 1, ...initializers({ fanIn, last: true }) })
    return layer.apply(x) as tfl.SymbolicTensor
  }
  return { conv, add, upsample, block, residual, heatmaps }
}
