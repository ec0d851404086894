import * as tf from '@tensorflow/tfjs-core'
import type { Lowered, Lowering, NumberType, Operation, Value } from '../lowering/value.ts'
import { meanPerChannel, type ReductionAttributes, sumPerChannel } from './channel-products.ts'
import { areFloats, areFloatsOrIntegers, areNumbers, type Kernel } from './kernel.ts'

/** Makes the kernel of a reduction over axes. */
function reductionKernel(
  name: string,
  build: (lowering: Lowering, name: string, axes: number[], keepdims: number) => string,
  {
    supports = areFloats,
    lowerProduct,
  }: {
    readonly supports?: Kernel['supports']
    /** Lowers the reduction of products without computing each product, where that is possible. */
    readonly lowerProduct?: (lowering: Lowering, value: Value) => Lowered | undefined
  } = {},
): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, value) {
      const { axes, keepDims } = value.attributes as unknown as ReductionAttributes
      return (
        lowerProduct?.(lowering, value) ??
        lowering.reduce(value.inputs[0] as Value, axes, keepDims, (x, memoryAxes) =>
          build(lowering, x, memoryAxes, keepDims ? 1 : 0),
        )
      )
    },
  }
  return {
    name,
    supports,
    record(backend, inputs, { axis, reductionIndices, keepDims }) {
      const x = inputs['x'] as tf.TensorInfo
      const axes = tf.util.parseAxisParam(axis ?? reductionIndices, x.shape)
      const [reducedShape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
      const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape
      return backend.record(operation, [x], {
        attributes: { axes: [...axes], keepDims: Boolean(keepDims) },
        shape,
        type: x.dtype as NumberType,
      })
    },
  }
}

/** Builds a reduction with its axes as an attribute: until opset 18, all but ReduceSum. */
const reduceByAttribute =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string =>
    graph.addNode(operator, [x], { axes, keepdims })

/** Builds a reduction that is NaN if one of its numbers is; the runtime's maximum and minimum ignore NaN. */
const reduceWithNan =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string => {
    const isNan = graph.addNode('Cast', [graph.addNode('IsNaN', [x])], { to: 1 })
    const hasNan = graph.addNode('Cast', [graph.addNode('ReduceMax', [isNan], { axes, keepdims })], { to: 9 })
    return graph.addNode('Where', [
      hasNan,
      graph.addFloat(Number.NaN),
      graph.addNode(operator, [x], { axes, keepdims }),
    ])
  }

/** Builds "all" and "any", which the runtime lacks, as the minimum and maximum of 0 and 1. */
const reduceBooleans =
  (operator: string) =>
  ({ graph }: Lowering, x: string, axes: number[], keepdims: number): string =>
    graph.addNode('Cast', [graph.addNode(operator, [graph.addNode('Cast', [x], { to: 1 })], { axes, keepdims })], {
      to: 9,
    })

const areBooleans: Kernel['supports'] = (inputs) => areNumbers(inputs) && inputs.every(({ dtype }) => dtype === 'bool')

/** Makes the kernel that finds the index of the largest or smallest number: the first of equals, without NaN. */
function argKernel(name: 'ArgMax' | 'ArgMin'): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, { inputs, attributes, shape }) {
      const { graph } = lowering
      const x = lowering.lowerPlain(inputs[0] as Value)
      const worst = graph.addFloat(name === 'ArgMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)
      const index = graph.addNode(name, [graph.addNode('Where', [graph.addNode('IsNaN', [x]), worst, x])], {
        axis: attributes['axis'] as number,
        keepdims: 0,
      })
      return { name: graph.addNode('Cast', [index], { to: 6 }), layout: undefined, shape }
    },
  }
  return {
    name,
    supports: areFloats,
    record(backend, inputs, attributes) {
      const x = inputs['x'] as tf.TensorInfo
      const [axis] = tf.util.parseAxisParam(attributes['axis'], x.shape) as [number]
      return backend.record(operation, [x], {
        attributes: { axis },
        shape: x.shape.filter((_, i) => i !== axis),
        type: 'int32',
      })
    },
  }
}

const softmax: Operation = {
  name: 'Softmax',
  lower: (lowering, { inputs, shape }) => ({
    name: lowering.graph.addNode('Softmax', [lowering.lowerPlain(inputs[0] as Value)], { axis: -1 }),
    layout: undefined,
    shape,
  }),
}

const logSoftmax: Operation = {
  name: 'LogSoftmax',
  lower: (lowering, { inputs, shape }) => ({
    name: lowering.graph.addNode('LogSoftmax', [lowering.lowerPlain(inputs[0] as Value)], { axis: -1 }),
    layout: undefined,
    shape,
  }),
}

const cumsum: Operation = {
  name: 'Cumsum',
  lower(lowering, { inputs, attributes, shape }) {
    const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean }
    const { graph } = lowering
    const axisName = graph.addConstant(BigInt64Array.of(BigInt(axis)), 'int64', [])
    const name = graph.addNode('CumSum', [lowering.lowerPlain(inputs[0] as Value), axisName], {
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    })
    return { name, layout: undefined, shape }
  },
}

/** Kernels that reduce axes, or accumulate or normalize along one. */
export const REDUCTION_KERNELS: readonly Kernel[] = [
  reductionKernel(
    'Sum',
    ({ graph }, x, axes, keepdims) => graph.addNode('ReduceSum', [x, graph.addIntegers(axes)], { keepdims }),
    { supports: areFloatsOrIntegers, lowerProduct: sumPerChannel },
  ),
  reductionKernel('Mean', reduceByAttribute('ReduceMean'), { lowerProduct: meanPerChannel }),
  reductionKernel('Max', reduceWithNan('ReduceMax')),
  reductionKernel('Min', reduceWithNan('ReduceMin')),
  reductionKernel('Prod', reduceByAttribute('ReduceProd')),
  reductionKernel('All', reduceBooleans('ReduceMin'), { supports: areBooleans }),
  reductionKernel('Any', reduceBooleans('ReduceMax'), { supports: areBooleans }),
  argKernel('ArgMax'),
  argKernel('ArgMin'),
  {
    name: 'Softmax',
    supports: ([logits], { dim }) =>
      areFloats([logits as tf.TensorInfo]) && dim === (logits as tf.TensorInfo).shape.length - 1,
    record: (backend, inputs) => {
      const logits = inputs['logits'] as tf.TensorInfo
      return backend.record(softmax, [logits], { shape: logits.shape })
    },
  },
  {
    name: 'LogSoftmax',
    supports: ([logits], { axis }) =>
      areFloats([logits as tf.TensorInfo]) && axis === (logits as tf.TensorInfo).shape.length - 1,
    record: (backend, inputs) => {
      const logits = inputs['logits'] as tf.TensorInfo
      return backend.record(logSoftmax, [logits], { shape: logits.shape })
    },
  },
  {
    name: 'Cumsum',
    supports: areFloatsOrIntegers,
    record: (backend, inputs, { axis, exclusive, reverse }) => {
      const x = inputs['x'] as tf.TensorInfo
      const [parsedAxis] = tf.util.parseAxisParam(axis, x.shape)
      return backend.record(cumsum, [x], {
        attributes: { axis: parsedAxis, exclusive: Boolean(exclusive), reverse: Boolean(reverse) },
        shape: x.shape,
        type: x.dtype as NumberType,
      })
    },
  },
]
