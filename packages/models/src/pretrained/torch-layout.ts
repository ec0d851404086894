import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { type CallInputs, getFlattenedShape } from './flattened-shape.ts'

/** The weight of a layer that a parameter of a PyTorch module belongs to, and the conversion of its layout. */
export interface TorchParameter {
  /** Name in the layer: `kernel`, `gamma` ... */
  readonly weight: string
  convert(values: tf.Tensor, layer: tfl.layers.Layer, callInputs: CallInputs): tf.Tensor
  /** Whether the weight is the sum of several parameters, such as the two biases of an LSTM. */
  readonly isSummand?: boolean
}

type Parameters = Readonly<Record<string, TorchParameter>>

const identity = (values: tf.Tensor): tf.Tensor => values

const permute =
  (...axes: readonly number[]) =>
  (values: tf.Tensor): tf.Tensor =>
    values.rank === axes.length ? tf.transpose(values, [...axes]) : values

const bias: TorchParameter = { weight: 'bias', convert: identity }

// (out, in, height, width), of a transposed convolution (in, out, height, width), to (height, width, in, out) or (..., out, in).
const convolution = { weight: { weight: 'kernel', convert: permute(2, 3, 1, 0) }, bias }
const convolution3d = { weight: { weight: 'kernel', convert: permute(2, 3, 4, 1, 0) }, bias }

const PARAMETERS: Readonly<Record<string, Parameters>> = {
  Conv1D: { weight: { weight: 'kernel', convert: permute(2, 1, 0) }, bias },
  Conv2D: convolution,
  Conv2DTranspose: convolution,
  Conv3D: convolution3d,
  Conv3DTranspose: convolution3d,
  DepthwiseConv2D: { weight: { weight: 'depthwise_kernel', convert: permuteDepthwise }, bias },
  SeparableConv2D: createSeparable(),
  Dense: { weight: { weight: 'kernel', convert: permuteDense }, bias },
  BatchNormalization: {
    weight: { weight: 'gamma', convert: permuteFeatures },
    bias: { weight: 'beta', convert: permuteFeatures },
    running_mean: { weight: 'moving_mean', convert: permuteFeatures },
    running_var: { weight: 'moving_variance', convert: permuteFeatures },
  },
  LayerNormalization: {
    weight: { weight: 'gamma', convert: permuteMap },
    bias: { weight: 'beta', convert: permuteMap },
  },
  PReLU: { weight: { weight: 'alpha', convert: spreadAlpha } },
  Embedding: { weight: { weight: 'embeddings', convert: identity } },
  // Both have the gates in the order input, forget, cell, output.
  LSTM: {
    weight_ih_l0: { weight: 'kernel', convert: permute(1, 0) },
    weight_hh_l0: { weight: 'recurrent_kernel', convert: permute(1, 0) },
    bias_ih_l0: { ...bias, isSummand: true },
    bias_hh_l0: { ...bias, isSummand: true },
  },
}

/**
 * Finds the weight of a layer for a PyTorch parameter `weight`, `bias`, `running_mean` ..., or one of a module within it,
 * `depthwise.weight`; else returns undefined.
 */
export function getTorchParameter(layer: tfl.layers.Layer, parameter: string): TorchParameter | undefined {
  const parameters = PARAMETERS[layer.getClassName()]
  return parameters && Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined
}

/** Lists the parameters of a separable convolution, two modules in PyTorch, by the names that they usually have. */
function createSeparable(): Parameters {
  const parameters: Record<string, TorchParameter> = {}
  const names = [
    ['depthwise', 'pointwise'],
    ['conv_dw', 'conv_pw'],
    ['dw', 'pw'],
    ['0', '1'],
  ] as const
  for (const [depthwise, pointwise] of names) {
    parameters[`${depthwise}.weight`] = { weight: 'depthwise_kernel', convert: permuteDepthwise }
    parameters[`${pointwise}.weight`] = { weight: 'pointwise_kernel', convert: permute(2, 3, 1, 0) }
    parameters[`${pointwise}.bias`] = bias
  }
  return parameters
}

/** Permutes (channels * multiplier, 1, height, width) to (height, width, channels, multiplier). */
function permuteDepthwise(values: tf.Tensor, layer: tfl.layers.Layer): tf.Tensor {
  const [filters, inputs, height, width] = values.shape
  const channels = layer.weights[0]?.shape[2] as number
  if (values.rank !== 4 || inputs !== 1 || (filters as number) % channels !== 0) return values
  return tf.transpose(
    tf.reshape(values, [channels, (filters as number) / channels, height as number, width as number]),
    [2, 3, 0, 1],
  )
}

/** Permutes (out, in) to (in, out), and the inputs after a Flatten from (channel, row, column) to (row, column, channel). */
function permuteDense(values: tf.Tensor, layer: tfl.layers.Layer, callInputs: CallInputs): tf.Tensor {
  const shape = getFlattenedShape(layer, callInputs)
  const [out, inputs] = values.shape as [number, number]
  if (values.rank !== 2 || !shape || inputs !== countElements(shape)) return permute(1, 0)(values)
  const spatial = shape.slice(0, -1)
  return tf.reshape(
    tf.transpose(tf.reshape(values, [out, shape.at(-1) as number, ...spatial]), [
      ...spatial.map((_, axis) => axis + 2),
      1,
      0,
    ]),
    [inputs, out],
  )
}

/** Permutes the features after a Flatten from (channel, row, column) to (row, column, channel). */
function permuteFeatures(values: tf.Tensor, layer: tfl.layers.Layer, callInputs: CallInputs): tf.Tensor {
  const shape = getFlattenedShape(layer, callInputs)
  if (values.rank !== 1 || !shape || values.size !== countElements(shape)) return values
  const spatial = shape.slice(0, -1)
  return tf.reshape(
    tf.transpose(tf.reshape(values, [shape.at(-1) as number, ...spatial]), [...spatial.map((_, axis) => axis + 1), 0]),
    [values.size],
  )
}

/** Permutes the weights of a norm over a whole map, (channels, height, width) to (height, width, channels). */
function permuteMap(values: tf.Tensor, layer: tfl.layers.Layer, callInputs: CallInputs): tf.Tensor {
  return values.rank === 3 ? tf.transpose(values, [1, 2, 0]) : permuteFeatures(values, layer, callInputs)
}

/** Spreads the alpha of a PReLU, one per channel or one in all, over the alpha of a layer. */
function spreadAlpha(values: tf.Tensor, layer: tfl.layers.Layer, callInputs: CallInputs): tf.Tensor {
  const shape = layer.weights[0]?.shape as number[]
  if (values.rank !== 1 || ![1, shape.at(-1)].includes(values.size)) return values
  if (shape.length === 1 && values.size > 1) return permuteFeatures(values, layer, callInputs)
  return tf.broadcastTo(values, shape)
}

function countElements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}
