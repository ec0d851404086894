import { BlurPool2D, type BlurPoolOptions, MaxBlurPool2D } from '@facekp/blurpool'
import { type ArgumentKind, choiceKind, integerKind, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as tfl from '@tensorflow/tfjs-layers'
import { HEATMAPS } from '../heads/heatmaps.ts'
import { layerInitializers, normalInitializer } from '../layers/initialization.ts'
import { torchBatchNorm } from '../layers/torch-batch-norm.ts'

/** Options of the blurs that anti-alias a network's strides: filter size (default 4), padding and convention. */
export type Antialias = Pick<BlurPoolOptions, 'filterSize' | 'padding' | 'convention'>

/** The kind of option `antialias`. */
export const ANTIALIAS: ArgumentKind<false | object> = {
  ...optionsKind({
    filterSize: integerKind(1, 7),
    padding: choiceKind(['reflect', 'replicate', 'zero']),
    convention: choiceKind(['antialiased-cnns', 'timm', 'kornia']),
  }),
  expected: 'false or an object',
  test: (value) => value === false || KINDS.object.test(value),
}

interface Convolution {
  readonly filters: number
  readonly kernelSize: number
  /** Default 1. */
  readonly strides?: number
}

type Tensor = tfl.SymbolicTensor

/** Functions that add layers with PyTorch's numerics. */
export interface ResNetLayers {
  readonly isAntialiased: boolean
  conv(x: Tensor, name: string, convolution: Convolution): Tensor
  norm(x: Tensor, name: string): Tensor
  relu(x: Tensor, name: string): Tensor
  blur(x: Tensor, name: string): Tensor
  stridedOrBlurred(applyLayer: (x: Tensor, strides: number) => Tensor, x: Tensor, name: string, strides: number): Tensor
  maxPool(x: Tensor): Tensor
}

/** Functions that add the layers of heads. */
export interface HeadLayers {
  average(x: Tensor): Tensor
  coordinates(x: Tensor, points: number): Tensor
  deconv(x: Tensor, name: string, filters: number): Tensor
  heatmaps(x: Tensor, points: number): Tensor
}

/** Creates the functions; each convolution takes the next seed, so their order is part of the network. */
export function createResNetLayers(seed: number, antialias: false | Antialias): ResNetLayers {
  let count = 0

  /** Pads by (kernelSize - 1) / 2 on each side; weights are He normal with fan-out, as torchvision's. */
  function conv(x: tfl.SymbolicTensor, name: string, { filters, kernelSize, strides = 1 }: Convolution) {
    const stddev = Math.sqrt(2 / (kernelSize ** 2 * filters))
    // 'same' is symmetric only with stride 1.
    const isPaddedFirst = kernelSize > 1 && strides > 1
    const padding = (kernelSize - 1) / 2
    const input = isPaddedFirst ? tfl.layers.zeroPadding2d({ name: `${name}.pad`, padding }).apply(x) : x
    const layer = tfl.layers.conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: isPaddedFirst ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: normalInitializer(stddev, seed * 1000 + count++),
    })
    return layer.apply(input) as tfl.SymbolicTensor
  }
  const norm = (x: tfl.SymbolicTensor, name: string) => torchBatchNorm(name).apply(x) as tfl.SymbolicTensor
  const relu = (x: tfl.SymbolicTensor, name: string) => tfl.layers.reLU({ name }).apply(x) as tfl.SymbolicTensor
  const blur = (x: tfl.SymbolicTensor, name: string) =>
    new BlurPool2D({ name, ...antialias }).apply(x) as tfl.SymbolicTensor

  /** Applies a layer with its stride, or with anti-aliasing without it and then a blur that has the stride. */
  function stridedOrBlurred(
    applyLayer: (x: tfl.SymbolicTensor, strides: number) => tfl.SymbolicTensor,
    x: tfl.SymbolicTensor,
    name: string,
    strides: number,
  ) {
    return antialias && strides > 1 ? blur(applyLayer(x, 1), name) : applyLayer(x, strides)
  }

  function maxPool(x: tfl.SymbolicTensor) {
    if (antialias) return new MaxBlurPool2D({ name: 'maxblur', ...antialias }).apply(x) as tfl.SymbolicTensor
    // PyTorch pads with -infinity; after ReLU, zeros give the same maximum.
    const padded = tfl.layers.zeroPadding2d({ name: 'maxpool.pad', padding: 1 }).apply(x)
    return tfl.layers.maxPooling2d({ name: 'maxpool', poolSize: 3, strides: 2 }).apply(padded) as tfl.SymbolicTensor
  }
  return { conv, norm, relu, blur, stridedOrBlurred, maxPool, isAntialiased: antialias !== false }
}

/** Creates the functions that add the layers of heads; each takes the next seed, so their order is part of the network. */
export function createHeadLayers(seed: number): HeadLayers {
  const initializers = layerInitializers('he', seed)
  const lastInitializers = (x: tfl.SymbolicTensor) => initializers({ fanIn: x.shape.at(-1) as number, last: true })

  const average = (x: tfl.SymbolicTensor) =>
    tfl.layers.globalAveragePooling2d({ name: 'avgpool' }).apply(x) as tfl.SymbolicTensor
  const coordinates = (x: tfl.SymbolicTensor, points: number) =>
    tfl.layers.dense({ name: 'fc', units: 2 * points, ...lastInitializers(x) }).apply(x) as tfl.SymbolicTensor

  /** Doubles the sides, as PyTorch's ConvTranspose2d with kernel 4, stride 2 and padding 1. */
  function deconv(x: tfl.SymbolicTensor, name: string, filters: number) {
    // An output pixel depends on 2x2 input pixels.
    const { kernelInitializer } = initializers({ fanIn: 4 * (x.shape.at(-1) as number) })
    const layer = tfl.layers.conv2dTranspose({
      name,
      filters,
      kernelSize: 4,
      strides: 2,
      padding: 'same',
      useBias: false,
      kernelInitializer,
    })
    return layer.apply(x) as tfl.SymbolicTensor
  }
  const heatmaps = (x: tfl.SymbolicTensor, points: number) =>
    tfl.layers
      .conv2d({ name: HEATMAPS, filters: points, kernelSize: 1, ...lastInitializers(x) })
      .apply(x) as tfl.SymbolicTensor
  return { average, coordinates, deconv, heatmaps }
}
