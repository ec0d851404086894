import * as tf from '@tensorflow/tfjs-core'

type Pair = readonly [number, number]

/** Geometry of a convolution along both axes: [vertical, horizontal]. */
export interface ConvGeometry {
  readonly batch: number
  readonly inSize: Pair
  readonly outSize: Pair
  readonly kernel: Pair
  readonly strides: Pair
  readonly dilations: Pair
  /** Rows above and columns to the left that the padding adds. */
  readonly before: Pair
  readonly inChannels: number
  readonly outChannels: number
}

/** Attributes that `conv2d` and `depthwiseConv2d` pass to their gradients. */
export interface ConvAttributes {
  readonly strides: number | [number, number]
  readonly dilations?: number | [number, number]
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  readonly dataFormat?: 'NHWC' | 'NCHW'
}

/** Computes the sizes and the padding of a convolution. Attributes may be null, as layers pass them. */
export function computeInfo(
  inShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode, dataFormat }: ConvAttributes,
  isDepthwise: boolean,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
  )
}

/** Computes the geometry of a convolution; throws for NCHW data, which backend wasm does not support. */
export function computeGeometry(
  inShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
  isDepthwise = false,
): ConvGeometry {
  const { dataFormat = 'NHWC' } = attributes
  if (dataFormat !== 'NHWC')
    throw new Error(`dataFormat of a convolution on backend wasm: expected NHWC, received ${dataFormat}`)
  const info = computeInfo(inShape, filterShape, attributes, isDepthwise)
  return {
    batch: info.batchSize,
    inSize: [info.inHeight, info.inWidth],
    outSize: [info.outHeight, info.outWidth],
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    inChannels: info.inChannels,
    outChannels: info.outChannels,
  }
}
