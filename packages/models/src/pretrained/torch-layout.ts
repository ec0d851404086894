import type * as tf from '@tensorflow/tfjs'

/** The weight of a layer that a parameter of a PyTorch module belongs to, and the conversion of its layout. */
export interface TorchParameter {
  /** Name in the layer: `kernel`, `gamma` ... */
  readonly weight: string
  convert(values: tf.Tensor, layer: tf.layers.Layer): tf.Tensor
}

const identity = (values: tf.Tensor): tf.Tensor => values

const permute =
  (...axes: readonly number[]) =>
  (values: tf.Tensor): tf.Tensor =>
    values.rank === axes.length ? values.transpose([...axes]) : values

const bias: TorchParameter = { weight: 'bias', convert: identity }

// (out, in, height, width), of a transposed convolution (in, out, height, width), to (height, width, in, out) or (..., out, in).
const convolution = { weight: { weight: 'kernel', convert: permute(2, 3, 1, 0) }, bias }
const norm = { weight: { weight: 'gamma', convert: identity }, bias: { weight: 'beta', convert: identity } }

const PARAMETERS: Readonly<Record<string, Readonly<Record<string, TorchParameter>>>> = {
  Conv1D: { weight: { weight: 'kernel', convert: permute(2, 1, 0) }, bias },
  Conv2D: convolution,
  Conv2DTranspose: convolution,
  DepthwiseConv2D: { weight: { weight: 'depthwise_kernel', convert: permuteDepthwise }, bias },
  Dense: { weight: { weight: 'kernel', convert: permuteDense }, bias },
  BatchNormalization: {
    ...norm,
    running_mean: { weight: 'moving_mean', convert: identity },
    running_var: { weight: 'moving_variance', convert: identity },
  },
  LayerNormalization: norm,
}

/** Finds the weight of a layer for a PyTorch parameter `weight`, `bias`, `running_mean` ...; else returns undefined. */
export function getTorchParameter(layer: tf.layers.Layer, parameter: string): TorchParameter | undefined {
  const parameters = PARAMETERS[layer.getClassName()]
  return parameters && Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined
}

/** Permutes (channels * multiplier, 1, height, width) to (height, width, channels, multiplier). */
function permuteDepthwise(values: tf.Tensor, layer: tf.layers.Layer): tf.Tensor {
  const [filters, inputs, height, width] = values.shape
  const channels = layer.weights[0]?.shape[2] as number
  if (values.rank !== 4 || inputs !== 1 || (filters as number) % channels !== 0) return values
  return values
    .reshape([channels, (filters as number) / channels, height as number, width as number])
    .transpose([2, 3, 0, 1])
}

/**
 * Permutes (out, in) to (in, out). After a Flatten, PyTorch orders the inputs by (channel, row, column), TensorFlow.js by
 * (row, column, channel).
 */
function permuteDense(values: tf.Tensor, layer: tf.layers.Layer): tf.Tensor {
  const shape = getFlattenedShape(layer)
  const [out, inputs] = values.shape as [number, number]
  if (values.rank !== 2 || shape?.length !== 3 || inputs !== shape.reduce((a, b) => a * b)) {
    return permute(1, 0)(values)
  }
  const [height, width, channels] = shape as [number, number, number]
  return values.reshape([out, channels, height, width]).transpose([2, 3, 1, 0]).reshape([inputs, out])
}

/** Layers that keep the order of a flat tensor. */
const ELEMENTWISE = ['Activation', 'BatchNormalization', 'Dropout', 'ReLU']

/** Gets the shape, without the batch, that a Flatten before the layer flattens; else returns undefined. */
function getFlattenedShape(layer: tf.layers.Layer): number[] | undefined {
  const before = layer.inboundNodes[0]?.inboundLayers[0]
  if (!before) return undefined
  const kind = before.getClassName()
  if (kind === 'Flatten') return (before.input as tf.SymbolicTensor).shape.slice(1) as number[]
  return ELEMENTWISE.includes(kind) ? getFlattenedShape(before) : undefined
}
