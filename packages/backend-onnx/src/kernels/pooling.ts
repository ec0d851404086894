import * as tf from '@tensorflow/tfjs'
import { arranged, NCHW } from '../lowering/layout.ts'
import { type Attributes, type Operation, sizeOf, type Value } from '../lowering/value.ts'
import { images, isRegular, transposed } from './convolution.ts'
import { floats, type Kernel, type KernelAttributes } from './kernel.ts'
import { type Window, windowAttributes, windowOf } from './window.ts'

const maxPool: Operation = {
  name: 'MaxPool',
  lower(lowering, value) {
    const names = [lowering.as(value.inputs[0] as Value, NCHW).name]
    const attributes = windowAttributes(value.attributes as Window)
    if (!lowering.withIndices.has(value)) {
      return images(lowering.graph.node('MaxPool', names, attributes), value.shape)
    }
    const [maxima, indices] = lowering.graph.nodeOf('MaxPool', names, attributes, 2) as [string, string]
    lowering.indices.set(value, indices)
    return images(maxima, value.shape)
  },
}

/** Each gradient goes where its maximum was: the first of equals, as in PyTorch. */
const maxPoolGrad: Operation = {
  name: 'MaxPoolGrad',
  announce(lowering, { inputs }) {
    const [, x, y] = inputs as [Value, Value, Value]
    if (isPoolOf(y, x)) lowering.withIndices.add(y)
  },
  lower(lowering, { inputs, attributes, shape }) {
    const [dy, x, y] = inputs as [Value, Value, Value]
    const { graph } = lowering
    let indices: string | undefined
    if (isPoolOf(y, x)) {
      lowering.any(y)
      indices = lowering.indices.get(y)
    }
    indices ??= graph.nodeOf('MaxPool', [lowering.as(x, NCHW).name], windowAttributes(attributes as Window), 2)[1]
    const zeros = graph.node('ConstantOfShape', [graph.integers([sizeOf(shape)])])
    const scattered = graph.node(
      'ScatterElements',
      [zeros, lowering.reshape(indices as string, [-1]), lowering.reshape(lowering.as(dy, NCHW).name, [-1])],
      { axis: 0, reduction: 'add' },
    )
    return images(lowering.reshape(scattered, arranged(shape, NCHW)), shape)
  },
}

function isPoolOf(y: Value, x: Value): boolean {
  return y.operation === maxPool && !y.stored && y.inputs[0] === x
}

const averagePool: Operation = {
  name: 'AvgPool',
  lower(lowering, { inputs, attributes, shape }) {
    const { dilations, ...settings } = windowAttributes(attributes as Window)
    const names = [lowering.as(inputs[0] as Value, NCHW).name]
    return images(lowering.graph.node('AveragePool', names, { ...settings, count_include_pad: 0 }), shape)
  },
}

/** dy divided by how many pixels each window held, spread by a transposed convolution of ones. */
const averagePoolGrad: Operation = {
  name: 'AvgPoolGrad',
  lower(lowering, { inputs, attributes, shape }) {
    const [dy] = inputs as [Value]
    const window = attributes as Window
    const { kernel, strides, pads } = window
    const { graph } = lowering
    const [, rows, columns, channels] = dy.shape as [number, number, number, number]
    const held = (place: number, axis: 0 | 1): number => {
      const from = place * strides[axis] - pads[axis]
      return Math.min(from + kernel[axis], shape[axis + 1] as number) - Math.max(from, 0)
    }
    const counts = Float32Array.from({ length: rows * columns }, (_, i) =>
      Math.max(1, held(Math.floor(i / columns), 0) * held(i % columns, 1)),
    )
    const shares = graph.node('Div', [
      lowering.as(dy, NCHW).name,
      graph.constant(counts, 'float32', [1, 1, rows, columns]),
    ])
    const ones = graph.constant(new Float32Array(channels * kernel[0] * kernel[1]).fill(1), 'float32', [
      channels,
      1,
      ...kernel,
    ])
    return images(transposed(lowering, shares, ones, window, dy.shape, shape, channels), shape)
  },
}

function infoOf(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: KernelAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
}

/** Whether the size is the runtime's and every window holds a pixel: it refuses borders as wide as the window. */
function fits(input: tf.TensorInfo | undefined, attributes: KernelAttributes): boolean {
  if (!input || !floats([input])) return false
  const info = infoOf(input.shape, attributes)
  const { kernel, pads } = windowOf(info)
  return isRegular(info) && pads.every((side, i) => side < (kernel[i % 2] as number))
}

/** Pooling and its gradients. */
export const POOLING: readonly Kernel[] = [
  ...[
    { name: 'MaxPool', operation: maxPool },
    { name: 'AvgPool', operation: averagePool },
  ].map(
    ({ name, operation }): Kernel => ({
      name,
      takes: ([x], attributes) => fits(x, attributes),
      record: (backend, inputs, attributes) => {
        const x = inputs['x'] as tf.TensorInfo
        const info = infoOf(x.shape, attributes)
        return backend.record(operation, [x], windowOf(info) as Attributes, info.outShape, 'float32')
      },
    }),
  ),
  {
    name: 'MaxPoolGrad',
    takes: (inputs, attributes) => floats(inputs) && fits(inputs[1], attributes),
    record: (backend, inputs, attributes) => {
      const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', tf.TensorInfo>
      const window = windowOf(infoOf(input.shape, attributes)) as Attributes
      return backend.record(maxPoolGrad, [dy, input, output], window, input.shape, 'float32')
    },
  },
  {
    name: 'AvgPoolGrad',
    takes: (inputs, attributes) => floats(inputs) && fits(inputs[1], attributes),
    record: (backend, inputs, attributes) => {
      const { dy, input } = inputs as Record<'dy' | 'input', tf.TensorInfo>
      const window = windowOf(infoOf(input.shape, attributes)) as Attributes
      return backend.record(averagePoolGrad, [dy], window, input.shape, 'float32')
    },
  },
]
