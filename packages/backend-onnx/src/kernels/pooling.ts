import { checkWindow } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import { NCHW, toMemoryShape } from '../lowering/layout.ts'
import { countElements } from '../lowering/shape.ts'
import type { Operation, Value } from '../lowering/value.ts'
import { convolveTransposed } from './convolution/input-gradient/transposed.ts'
import { areFloats, type Kernel, type KernelAttributes } from './kernel.ts'
import { asNchw } from './nchw.ts'
import { isRegular, toWindow, toWindowAttributes, type Window } from './window.ts'

const maxPool: Operation = {
  name: 'MaxPool',
  lower(lowering, value) {
    const names = [lowering.lowerAs(value.inputs[0] as Value, NCHW).name]
    const attributes = toWindowAttributes(value.attributes as Window)
    if (!lowering.poolsWithIndices.has(value)) {
      return asNchw(lowering.graph.addNode('MaxPool', names, attributes), value.shape)
    }
    const [maxima, indices] = lowering.graph.addMultiOutputNode('MaxPool', names, attributes, 2) as [string, string]
    lowering.poolIndices.set(value, indices)
    return asNchw(maxima, value.shape)
  },
}

/** Adds each gradient at the position of its maximum: the first of equal numbers, as in PyTorch. */
const maxPoolGrad: Operation = {
  name: 'MaxPoolGrad',
  announce(lowering, { inputs }) {
    const [, x, y] = inputs as [Value, Value, Value]
    if (isPendingPool(y, x)) lowering.poolsWithIndices.add(y)
  },
  lower(lowering, { inputs, attributes, shape }) {
    const [dy, x, y] = inputs as [Value, Value, Value]
    const { graph } = lowering
    let indices: string | undefined
    if (isPendingPool(y, x)) {
      lowering.lower(y)
      indices = lowering.poolIndices.get(y)
    }
    indices ??= graph.addMultiOutputNode(
      'MaxPool',
      [lowering.lowerAs(x, NCHW).name],
      toWindowAttributes(attributes as Window),
      2,
    )[1]
    const zeros = graph.addNode('ConstantOfShape', [graph.addIntegers([countElements(shape)])])
    const scattered = graph.addNode(
      'ScatterElements',
      [zeros, lowering.reshape(indices as string, [-1]), lowering.reshape(lowering.lowerAs(dy, NCHW).name, [-1])],
      { axis: 0, reduction: 'add' },
    )
    return asNchw(lowering.reshape(scattered, toMemoryShape(shape, NCHW)), shape)
  },
}

/** Tests whether y is a max pool of x that is computed in the same graph. */
function isPendingPool(y: Value, x: Value): boolean {
  return y.operation === maxPool && !y.stored && y.inputs[0] === x
}

const averagePool: Operation = {
  name: 'AvgPool',
  lower(lowering, { inputs, attributes, shape }) {
    const { dilations, ...settings } = toWindowAttributes(attributes as Window)
    const names = [lowering.lowerAs(inputs[0] as Value, NCHW).name]
    return asNchw(lowering.graph.addNode('AveragePool', names, { ...settings, count_include_pad: 0 }), shape)
  },
}

/** Divides dy by the number of pixels in each window, and spreads it by a transposed convolution with ones. */
const averagePoolGrad: Operation = {
  name: 'AvgPoolGrad',
  lower(lowering, { inputs, attributes, shape }) {
    const [dy] = inputs as [Value]
    const window = attributes as Window
    const { kernel, strides, pads } = window
    const { graph } = lowering
    const [, rows, columns, channels] = dy.shape as [number, number, number, number]
    const countCovered = (position: number, axis: 0 | 1): number => {
      const start = position * strides[axis] - pads[axis]
      return Math.min(start + kernel[axis], shape[axis + 1] as number) - Math.max(start, 0)
    }
    const counts = Float32Array.from({ length: rows * columns }, (_, i) =>
      Math.max(1, countCovered(Math.floor(i / columns), 0) * countCovered(i % columns, 1)),
    )
    const shares = graph.addNode('Div', [
      lowering.lowerAs(dy, NCHW).name,
      graph.addConstant(counts, 'float32', [1, 1, rows, columns]),
    ])
    const ones = graph.addConstant(new Float32Array(channels * kernel[0] * kernel[1]).fill(1), 'float32', [
      channels,
      1,
      ...kernel,
    ])
    return asNchw(
      convolveTransposed(lowering, shares, ones, { window, from: dy.shape, to: shape, group: channels }),
      shape,
    )
  },
}

function computePoolInfo(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: KernelAttributes,
): tf.backend_util.Conv2DInfo {
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
  checkWindow(info)
  return info
}

/** Tests whether the runtime computes the same size; it rejects padding as wide as the window. */
function supportsPool(input: tf.TensorInfo | undefined, attributes: KernelAttributes): boolean {
  if (!input || !areFloats([input])) return false
  const info = computePoolInfo(input.shape, attributes)
  const { kernel, pads } = toWindow(info)
  return isRegular(info) && pads.every((side, i) => side < (kernel[i % 2] as number))
}

/** Kernels of pooling and its gradients. */
export const POOLING_KERNELS: readonly Kernel[] = [
  ...[
    { name: 'MaxPool', operation: maxPool },
    { name: 'AvgPool', operation: averagePool },
  ].map(
    ({ name, operation }): Kernel => ({
      name,
      supports: ([x], attributes) => supportsPool(x, attributes),
      record: (backend, inputs, attributes) => {
        const x = inputs['x'] as tf.TensorInfo
        const info = computePoolInfo(x.shape, attributes)
        return backend.record(operation, [x], { attributes: toWindow(info), shape: info.outShape })
      },
    }),
  ),
  {
    name: 'MaxPoolGrad',
    supports: (inputs, attributes) => areFloats(inputs) && supportsPool(inputs[1], attributes),
    record: (backend, inputs, attributes) => {
      const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', tf.TensorInfo>
      const window = toWindow(computePoolInfo(input.shape, attributes))
      return backend.record(maxPoolGrad, [dy, input, output], { attributes: window, shape: input.shape })
    },
  },
  {
    name: 'AvgPoolGrad',
    supports: (inputs, attributes) => areFloats(inputs) && supportsPool(inputs[1], attributes),
    record: (backend, inputs, attributes) => {
      const { dy, input } = inputs as Record<'dy' | 'input', tf.TensorInfo>
      const window = toWindow(computePoolInfo(input.shape, attributes))
      return backend.record(averagePoolGrad, [dy], { attributes: window, shape: input.shape })
    },
  },
]
