import type { Filter } from './filter.ts'

/** Everything that the choice of an algorithm depends on. */
interface ConvolutionShape {
  readonly filter: Filter
  /** Images of the batch. */
  readonly batch: number
  /** Pixels of one image of the convolution's output. */
  readonly area: number
  /** Channels per block that the runtime supports, or 0. */
  readonly channelBlock: number
}

export type ConvolutionStrategy = 'blocked' | 'stacked' | 'plain'

/**
 * Chooses how a convolution is computed. All rules are measured.
 *
 * - `blocked`: over blocks of channels. Faster for windows of several pixels, reordering included, from 1600 pixels on;
 *   with fewer, reordering the filters takes longer than the convolution gains.
 * - `stacked`: one matrix product for the batch, where each image alone would have fewer than 10 columns.
 * - `plain`: ONNX' own node. If the filter is a constant, the runtime blocks it by itself and keeps images in that order.
 */
export function chooseConvolution(shape: ConvolutionShape): ConvolutionStrategy {
  if (shape.filter.isConstant) return 'plain'
  if (benefitsFromBlocking(shape)) return 'blocked'
  return shape.batch > 1 && shape.area < 10 ? 'stacked' : 'plain'
}

export type InputGradientStrategy = 'blocked' | 'rotated' | 'stacked' | 'transposed'

/**
 * Chooses how the gradient by the input is computed. All rules are measured.
 *
 * - `blocked`: a convolution of dy with the rotated filter over blocks of channels, by the rule of {@link chooseConvolution}.
 * - `rotated`: the same by ONNX' own node. With few pixels, rotating the filter takes longer than the convolution.
 * - `stacked`: a transposed convolution of all images at once, for maps up to 6 x 6 pixels: one matrix product reads the filter once.
 * - `transposed`: a transposed convolution of each image. It or `stacked` is needed for strides, dilations and windows that do not cover the
 *   input.
 */
export function chooseInputGradient(
  shape: ConvolutionShape & {
    /** Whether it is a convolution with the rotated filter: no strides, no dilations, the windows cover the input exactly. */
    readonly isConvolution: boolean
  },
): InputGradientStrategy {
  const { batch, area, isConvolution } = shape
  if (isConvolution && benefitsFromBlocking(shape)) return 'blocked'
  if (isConvolution && batch * area > 300) return 'rotated'
  return batch > 1 && area <= 36 ? 'stacked' : 'transposed'
}

export type FilterGradientStrategy = 'byImage' | 'asConvolution' | 'byTap' | 'byShift'

/**
 * Chooses how the gradient by the filter is computed. All rules are measured.
 *
 * - `byImage`: a matrix product per image. The fastest for filters of 1 x 1 from 400 pixels per image on; a smaller map makes the
 *   products too short.
 * - `asConvolution`: dy as the filter of a convolution over x. The fastest up to 8 channels, where matrix products have few rows.
 * - `byTap`: a matrix product per tap of the filter, for strides.
 * - `byShift`: the same without strides, where shifted copies of x and dy are shared by the taps: a third of the copies.
 */
export function chooseFilterGradient(shape: {
  readonly kernel: readonly [number, number]
  readonly isStrided: boolean
  readonly channelsIn: number
  /** Pixels of one image of dy. */
  readonly area: number
}): FilterGradientStrategy {
  const { kernel, isStrided, channelsIn, area } = shape
  if (kernel[0] * kernel[1] === 1 && area >= 400) return 'byImage'
  if (channelsIn <= 8) return 'asConvolution'
  return isStrided ? 'byTap' : 'byShift'
}

function benefitsFromBlocking({ filter, batch, area, channelBlock }: ConvolutionShape): boolean {
  const [channelsOut, channelsIn, height, width] = filter.shape
  return (
    channelBlock > 0 &&
    !filter.isConstant &&
    channelsIn % channelBlock === 0 &&
    channelsOut % channelBlock === 0 &&
    height * width > 1 &&
    batch * area >= 1600
  )
}
