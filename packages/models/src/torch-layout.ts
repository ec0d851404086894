import type * as tf from '@tensorflow/tfjs'

/** Where a parameter of a PyTorch module goes in a layer, and how its axes are turned on the way. */
export interface TorchParameter {
  /** `kernel`, `gamma` ... of the layer. */
  readonly weight: string
  convert(values: tf.Tensor, layer: tf.layers.Layer): tf.Tensor
}

const same = (values: tf.Tensor): tf.Tensor => values

const turned =
  (...axes: readonly number[]) =>
  (values: tf.Tensor): tf.Tensor =>
    values.rank === axes.length ? values.transpose([...axes]) : values

const bias: TorchParameter = { weight: 'bias', convert: same }

// (out, in, height, width), of a transposed convolution (in, out, height, width), to (height, width, in, out) or (..., out, in).
const convolution = { weight: { weight: 'kernel', convert: turned(2, 3, 1, 0) }, bias }
const norm = { weight: { weight: 'gamma', convert: same }, bias: { weight: 'beta', convert: same } }

const PARAMETERS: Readonly<Record<string, Readonly<Record<string, TorchParameter>>>> = {
  Conv1D: { weight: { weight: 'kernel', convert: turned(2, 1, 0) }, bias },
  Conv2D: convolution,
  Conv2DTranspose: convolution,
  DepthwiseConv2D: { weight: { weight: 'depthwise_kernel', convert: depthwise }, bias },
  Dense: { weight: { weight: 'kernel', convert: dense }, bias },
  BatchNormalization: {
    ...norm,
    running_mean: { weight: 'moving_mean', convert: same },
    running_var: { weight: 'moving_variance', convert: same },
  },
  LayerNormalization: norm,
}

/** What the parameter `weight`, `bias`, `running_mean` ... of PyTorch is in this layer; undefined where it is nothing there. */
export function torchParameter(layer: tf.layers.Layer, parameter: string): TorchParameter | undefined {
  const parameters = PARAMETERS[layer.getClassName()]
  return parameters && Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined
}

/** (channels * multiplier, 1, height, width) to (height, width, channels, multiplier): one channel's filters are neighbors in both. */
function depthwise(values: tf.Tensor, layer: tf.layers.Layer): tf.Tensor {
  const [filters, one, height, width] = values.shape
  const channels = layer.weights[0]?.shape[2] as number
  if (values.rank !== 4 || one !== 1 || (filters as number) % channels !== 0) return values
  return values
    .reshape([channels, (filters as number) / channels, height as number, width as number])
    .transpose([2, 3, 0, 1])
}

/**
 * (out, in) to (in, out). Behind a Flatten, PyTorch counts the inputs by (channel, row, column) and TensorFlow.js by
 * (row, column, channel).
 */
function dense(values: tf.Tensor, layer: tf.layers.Layer): tf.Tensor {
  const flattened = flattenedShape(layer)
  const [out, inputs] = values.shape as [number, number]
  if (values.rank !== 2 || flattened?.length !== 3 || inputs !== flattened.reduce((a, b) => a * b)) {
    return turned(1, 0)(values)
  }
  const [height, width, channels] = flattened as [number, number, number]
  return values.reshape([out, channels, height, width]).transpose([2, 3, 1, 0]).reshape([inputs, out])
}

/** Layers that leave a flat tensor's order as it is. */
const ELEMENTWISE = ['Activation', 'BatchNormalization', 'Dropout', 'ReLU']

/** The shape, without the batch, that is flattened for a layer; undefined where none is. */
function flattenedShape(layer: tf.layers.Layer): number[] | undefined {
  const before = layer.inboundNodes[0]?.inboundLayers[0]
  if (!before) return undefined
  const kind = before.getClassName()
  if (kind === 'Flatten') return (before.input as tf.SymbolicTensor).shape.slice(1) as number[]
  return ELEMENTWISE.includes(kind) ? flattenedShape(before) : undefined
}
